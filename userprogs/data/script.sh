# Commands for sh, as they might be typed.
echo a script
cat < /data/haiku.txt > /copy
echo and more >> /copy
cat /copy
cp /copy /copy2; cat /copy2
"/bin/echo" quoted   words "with  blanks" and\ escapes
false
nothing
crash m
hog 1 &
wait
echo the last line
exit 4
