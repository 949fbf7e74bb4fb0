/* SPDX-License-Identifier: GPL-2.0-or-later */
/* spin: loops for ever in user mode. */
int main(void)
{
	for (;;)
		__asm__ volatile("");
}
