/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mm/usercopy.h"

#include <stdbool.h>

#include "abi/errno.h"
#include "lib/string.h"
#include "mm/addr_space.h"
#include "proc/proc.h"

/* Both ways: `kernel` gets the user's bytes, or gives them if `out`; NULL only touches.
 */
static int copy(uint64_t user, uint8_t *kernel, size_t n, bool out)
{
	struct addr_space *as = proc_current()->as;
	unsigned rights = out ? REGION_WRITE : REGION_READ;
	int error = as_check(as, user, n, rights);

	while (error == 0 && n > 0) {
		size_t part = MIN(n, PAGE_SIZE - user % PAGE_SIZE);
		uint8_t *bytes;

		error = as_page(as, user, rights, &bytes);
		if (error != 0)
			break;
		if (kernel != NULL) {
			memcpy(out ? bytes : kernel, out ? kernel : bytes, part);
			kernel += part;
		}
		user += part;
		n -= part;
	}
	return error;
}

int copyin(void *dst, uint64_t src, size_t n)
{
	return copy(src, dst, n, false);
}

int copyout(uint64_t dst, const void *src, size_t n)
{
	return copy(dst, (uint8_t *)(uintptr_t)src, n, true);
}

int copyout_prepare(uint64_t dst, size_t n)
{
	return copy(dst, NULL, n, true);
}

int copyinstr(char *dst, uint64_t src, size_t size, size_t *length)
{
	struct addr_space *as = proc_current()->as;
	size_t done = 0;

	while (done < size) {
		size_t part = MIN(size - done, PAGE_SIZE - (src + done) % PAGE_SIZE);
		uint8_t *bytes;
		int error = as_page(as, src + done, REGION_READ, &bytes);

		if (error != 0)
			return error;
		for (size_t i = 0; i < part; i++) {
			dst[done + i] = (char)bytes[i];
			if (bytes[i] == '\0') {
				if (length != NULL)
					*length = done + i;
				return 0;
			}
		}
		done += part;
	}
	return -ENAMETOOLONG;
}
