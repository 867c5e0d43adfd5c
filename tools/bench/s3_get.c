/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an HTTP server and libcurl alone can do: gets the URLs that standard input names, one a
 *line, over CONNECTIONS connections at once into one buffer a connection that is used again and
 *again, and does nothing with what came. The yardstick of reading from S3: presigned URLs, or a
 *server that wants no signatures.
 *
 *	s3_get CONNECTIONS <urls
 *
 * Prints objects, bytes, seconds and megabytes a second. Exit status 1 when anything failed.
 */
#include <curl/curl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CONNECTIONS_MAX 1024
#define BUFFER_SIZE     (1024 * 1024)
#define RECEIVE_BUFFER  (128L * 1024)
#define POLL_MS         1000

struct lane {
	CURL *easy;
	char *buffer;
	size_t at;
};

struct run {
	CURLM *multi;
	struct lane lanes[CONNECTIONS_MAX];
	size_t lane_count;
	size_t active; /* lanes that get something */
	size_t objects, failed;
	unsigned long long bytes;
	char *line; /* of standard input */
	size_t line_size;
};

/* Copied as any program has to, over what came before. */
static size_t
take(char *data, size_t size, size_t count, void *ctx)
{
	struct lane *lane = ctx;
	size_t n = size * count;

	if (n > BUFFER_SIZE)
		return 0;
	if (n > BUFFER_SIZE - lane->at)
		lane->at = 0;
	memcpy(lane->buffer + lane->at, data, n);
	lane->at += n;
	return n;
}

/* False at the end of the list. */
static bool
start_next(struct run *r, struct lane *lane)
{
	ssize_t len;

	do
		len = getline(&r->line, &r->line_size, stdin);
	while (len == 1);
	if (len < 0)
		return false;
	r->line[strcspn(r->line, "\n")] = '\0';
	lane->at = 0;
	if (curl_easy_setopt(lane->easy, CURLOPT_URL, r->line) != CURLE_OK ||
	    curl_multi_add_handle(r->multi, lane->easy) != CURLM_OK) {
		r->failed++;
		return false;
	}
	r->active++;
	return true;
}

static int
lane_open(struct lane *lane)
{
	lane->easy = curl_easy_init();
	lane->buffer = malloc(BUFFER_SIZE);
	if (lane->easy == NULL || lane->buffer == NULL ||
	    curl_easy_setopt(lane->easy, CURLOPT_PRIVATE, lane) != CURLE_OK ||
	    curl_easy_setopt(lane->easy, CURLOPT_NOSIGNAL, 1L) != CURLE_OK ||
	    curl_easy_setopt(lane->easy, CURLOPT_PATH_AS_IS, 1L) != CURLE_OK ||
	    curl_easy_setopt(lane->easy, CURLOPT_FAILONERROR, 1L) != CURLE_OK ||
	    curl_easy_setopt(lane->easy, CURLOPT_BUFFERSIZE, RECEIVE_BUFFER) != CURLE_OK ||
	    curl_easy_setopt(lane->easy, CURLOPT_WRITEFUNCTION, take) != CURLE_OK ||
	    curl_easy_setopt(lane->easy, CURLOPT_WRITEDATA, lane) != CURLE_OK)
		return -1;
	return 0;
}

static void
finish(struct run *r, const CURLMsg *message)
{
	CURL *easy = message->easy_handle;
	CURLcode code = message->data.result;
	struct lane *lane = NULL;
	curl_off_t bytes = 0;

	(void)curl_easy_getinfo(easy, CURLINFO_PRIVATE, &lane);
	(void)curl_easy_getinfo(easy, CURLINFO_SIZE_DOWNLOAD_T, &bytes);
	r->objects++;
	r->bytes += (unsigned long long)bytes;
	if (code != CURLE_OK && r->failed++ == 0)
		(void)fprintf(stderr, "s3_get: %s\n", curl_easy_strerror(code));
	(void)curl_multi_remove_handle(r->multi, easy);
	r->active--;
	(void)start_next(r, lane);
}

static void
get_all(struct run *r)
{
	int running, left;
	CURLMsg *message;

	for (size_t i = 0; i < r->lane_count && start_next(r, &r->lanes[i]); i++)
		continue;
	while (r->active != 0 && curl_multi_perform(r->multi, &running) == CURLM_OK) {
		while ((message = curl_multi_info_read(r->multi, &left)) != NULL)
			if (message->msg == CURLMSG_DONE)
				finish(r, message);
		if (r->active != 0 && curl_multi_poll(r->multi, NULL, 0, POLL_MS, NULL) != CURLM_OK)
			break;
	}
}

static double
now_s(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void
run_close(struct run *r)
{
	for (size_t i = 0; i < r->lane_count; i++) {
		curl_easy_cleanup(r->lanes[i].easy);
		free(r->lanes[i].buffer);
	}
	if (r->multi != NULL)
		(void)curl_multi_cleanup(r->multi);
	free(r->line);
	free(r);
	curl_global_cleanup();
}

static int
run_open(struct run *r)
{
	r->multi = curl_multi_init();
	if (r->multi == NULL ||
	    curl_multi_setopt(r->multi, CURLMOPT_MAXCONNECTS, (long)r->lane_count) != CURLM_OK)
		return -1;
	for (size_t i = 0; i < r->lane_count; i++)
		if (lane_open(&r->lanes[i]) != 0)
			return -1;
	return 0;
}

int
main(int argc, char **argv)
{
	unsigned long n = argc == 2 ? strtoul(argv[1], NULL, 10) : 0;
	int status = 1;
	struct run *r;
	double s;

	if (n == 0 || n > CONNECTIONS_MAX) {
		(void)fprintf(stderr, "usage: s3_get CONNECTIONS <urls\n");
		return 2;
	}
	r = calloc(1, sizeof(*r));
	if (r == NULL || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		free(r);
		return 1;
	}
	r->lane_count = n;
	if (run_open(r) == 0) {
		s = now_s();
		get_all(r);
		s = now_s() - s;
		(void)printf("%zu objects, %llu bytes, %.3f s, %.1f MB/s\n", r->objects, r->bytes,
		    s, (double)r->bytes / 1e6 / s);
		status = r->failed != 0;
	}
	run_close(r);
	return status;
}
