/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/scan/worker_threads.h"

#include <pthread.h>
#include <stdlib.h>

void
worker_threads_run(void *workers, size_t count, size_t size, void *(*work)(void *))
{
	pthread_t *threads = count > 1 ? calloc(count, sizeof(*threads)) : NULL;
	char *first = workers;
	size_t started = 1;

	while (threads != NULL && started < count &&
	    pthread_create(&threads[started], NULL, work, first + started * size) == 0)
		started++;
	(void)work(first);
	while (started-- > 1)
		(void)pthread_join(threads[started], NULL);
	free(threads);
}
