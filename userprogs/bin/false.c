/* SPDX-License-Identifier: GPL-2.0-or-later */
/* false: fails. */
int main(void)
{
	return 1;
}
