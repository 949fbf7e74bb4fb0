/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Work like that of real programs. */
#include "work.h"

#include <stddef.h>
#include <string.h>

#define NUMBERS 512
#define SLOTS 1024 /* a power of two, at least twice the keys */
#define KEYS 400
#define NODES 300
#define TEXT 2048

struct node {
	struct node *left, *right;
	uint32_t key;
	uint32_t count;
};

static uint32_t numbers[NUMBERS];
static uint32_t slots[SLOTS];
static struct node nodes[NODES];
static char text[TEXT];

static uint32_t next(uint32_t *state)
{
	*state = *state * 1664525 + 1013904223;
	return *state >> 8;
}

/* Heapsort: moves numbers[i] down to its place among n. */
static void sift(uint32_t i, uint32_t n)
{
	uint32_t value = numbers[i];

	for (;;) {
		uint32_t child = 2 * i + 1;

		if (child >= n)
			break;
		if (child + 1 < n && numbers[child + 1] > numbers[child])
			child++;
		if (numbers[child] <= value)
			break;
		numbers[i] = numbers[child];
		i = child;
	}
	numbers[i] = value;
}

static uint32_t sort(uint32_t *state)
{
	uint32_t sum = 0;

	for (uint32_t i = 0; i < NUMBERS; i++)
		numbers[i] = next(state);
	for (uint32_t i = NUMBERS / 2; i-- > 0;)
		sift(i, NUMBERS);
	for (uint32_t n = NUMBERS - 1; n > 0; n--) {
		uint32_t largest = numbers[0];

		numbers[0] = numbers[n];
		numbers[n] = largest;
		sift(0, n);
	}
	for (uint32_t i = 0; i < NUMBERS; i++)
		sum = sum * 31 + numbers[i];
	return sum;
}

/* Open addressing; the result is the number of probes. */
static uint32_t hash(uint32_t *state)
{
	uint32_t probes = 0;

	memset(slots, 0, sizeof(slots));
	for (uint32_t k = 0; k < KEYS; k++) {
		uint32_t key = next(state) | 1;
		uint32_t i = key * 2654435761u >> 22;

		while (slots[i] != 0 && slots[i] != key) {
			i = (i + 1) & (SLOTS - 1);
			probes++;
		}
		slots[i] = key;
	}
	return probes;
}

/* A binary search tree; the result is the sum of all depths and counts. */
static uint32_t tree(uint32_t *state)
{
	struct node *root = NULL;
	uint32_t used = 0;
	uint32_t sum = 0;

	for (uint32_t k = 0; k < 2 * NODES; k++) {
		struct node **link = &root;
		uint32_t key = next(state) % NODES;

		while (*link != NULL && (*link)->key != key) {
			link = key < (*link)->key ? &(*link)->left : &(*link)->right;
			sum++;
		}
		if (*link == NULL) {
			*link = &nodes[used++];
			memset(*link, 0, sizeof(**link));
			(*link)->key = key;
		}
		sum += ++(*link)->count;
	}
	return sum;
}

/* Writes words, then counts them and hashes each as a parser would. */
static uint32_t words(uint32_t *state)
{
	uint32_t count = 0;
	uint32_t value = 0;
	uint32_t sum = 0;

	for (uint32_t i = 0; i < TEXT; i++) {
		uint32_t r = next(state) & 31;

		text[i] = r < 26 ? (char)('a' + r) : ' ';
	}
	for (uint32_t i = 0; i < TEXT; i++) {
		if (text[i] != ' ') {
			value = value * 33 + (unsigned char)text[i];
		} else if (value != 0) {
			count++;
			sum ^= value;
			value = 0;
		}
	}
	return sum + count;
}

uint32_t work(unsigned long rounds, uint32_t seed)
{
	uint32_t state = seed;
	uint32_t sum = 0;

	while (rounds-- > 0) {
		sum = sum * 31 + sort(&state);
		sum = sum * 31 + hash(&state);
		sum = sum * 31 + tree(&state);
		sum = sum * 31 + words(&state);
	}
	return sum;
}
