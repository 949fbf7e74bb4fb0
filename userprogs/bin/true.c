/* SPDX-License-Identifier: GPL-2.0-or-later */
/* true: succeeds. */
int main(void)
{
	return 0;
}
