/* SPDX-License-Identifier: ISC */
#include "role/store_readers.h"

#include <errno.h>
#include <pthread.h>
#include <time.h>

#include "base/instant.h"
#include "base/mem.h"

#define READERS_MOST 4 /* pages are computed on two to four processors */
#define WAIT_MS 10000
#define STATEMENTS_MS 5000 /* what takes longer holds up the others */

struct store_readers {
	const char *where;
	pthread_mutex_t lock;
	pthread_cond_t one_back;
	struct store *idle[READERS_MOST];
	unsigned idle_count, lent;
};

struct store_readers *store_readers_new(const char *where)
{
	struct store_readers *readers = mem_new(sizeof *readers);
	pthread_condattr_t attributes;

	readers->where = where;
	(void)pthread_mutex_init(&readers->lock, NULL);
	(void)pthread_condattr_init(&attributes);
	(void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&readers->one_back, &attributes);
	(void)pthread_condattr_destroy(&attributes);
	return readers;
}

void store_readers_free(struct store_readers **readers)
{
	if (*readers == NULL)
		return;
	while ((*readers)->idle_count > 0)
		store_close(&(*readers)->idle[--(*readers)->idle_count]);
	(void)pthread_cond_destroy(&(*readers)->one_back);
	(void)pthread_mutex_destroy(&(*readers)->lock);
	mem_free(*readers);
	*readers = NULL;
}

/* Counts one as lent; `*out` is NULL when it has to be opened. */
static bool take_turn(struct store_readers *readers, struct store **out)
{
	int64_t until_ms = clock_ms() + WAIT_MS;
	struct timespec until = {.tv_sec = until_ms / 1000, .tv_nsec = until_ms % 1000 * 1000000};
	int late = 0;

	*out = NULL;
	(void)pthread_mutex_lock(&readers->lock);
	while (readers->lent == READERS_MOST && late == 0)
		late = pthread_cond_timedwait(&readers->one_back, &readers->lock, &until);
	bool ok = readers->lent < READERS_MOST;
	if (ok) {
		readers->lent++;
		if (readers->idle_count > 0)
			*out = readers->idle[--readers->idle_count];
	}
	(void)pthread_mutex_unlock(&readers->lock);
	return ok;
}

bool store_readers_take(struct store_readers *readers, struct store **out, struct err *err)
{
	struct store *store;

	if (!take_turn(readers, &store))
		return err_set(err, ERR_LATER, "the store is busy");
	if (store == NULL && !store_open(readers->where, STORE_READ, &store, err)) {
		store = NULL;
		store_readers_give(readers, &store, false);
		return false;
	}
	store_set_deadline(store, clock_ms() + STATEMENTS_MS);
	*out = store;
	return true;
}

void store_readers_give(struct store_readers *readers, struct store **store, bool is_good)
{
	if (!is_good && *store != NULL)
		store_close(store);
	(void)pthread_mutex_lock(&readers->lock);
	readers->lent--;
	if (*store != NULL)
		readers->idle[readers->idle_count++] = *store;
	(void)pthread_cond_signal(&readers->one_back);
	(void)pthread_mutex_unlock(&readers->lock);
	*store = NULL;
}
