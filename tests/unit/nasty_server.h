/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_NASTY_SERVER_H
#define TESTS_UNIT_NASTY_SERVER_H

/*
 * A server for tests on a loopback port of its own: it answers the requests that come with the
 * bytes of a script, one answer after the other (the last one again and again), and then does with
 * the connection what the script says. It keeps what was asked. Included after cmocka.h.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#define NASTY_REQUEST_MAX     32768
#define NASTY_REQUESTS_MAX    128
#define NASTY_CONNECTIONS_MAX 256

enum nasty_then {
	NASTY_KEEP, /* the connection goes on */
	NASTY_CLOSE,
	NASTY_RESET,
	NASTY_STALL,   /* nothing more, but open */
	NASTY_DRIP,    /* the bytes one by one, then as KEEP */
	NASTY_HEADERS, /* headers without an end */
};

struct nasty_answer {
	const char *bytes;
	enum nasty_then then;
	int after_ms;
};

struct nasty_server {
	const struct nasty_answer *script;
	size_t script_len;
	int listener;
	int port;
	int stop[2];
	pthread_t thread;
	pthread_mutex_t lock;
	char *requests[NASTY_REQUESTS_MAX];
	size_t count;
	pthread_t threads[NASTY_CONNECTIONS_MAX];
	int sockets[NASTY_CONNECTIONS_MAX];
	size_t connections;
	size_t at_once, at_once_max; /* requests under way */
};

struct nasty_connection {
	struct nasty_server *server;
	int fd;
};

/* True when the server is to end. */
static inline bool
nasty_wait(const struct nasty_server *n, int ms)
{
	struct pollfd p = {.fd = n->stop[0], .events = POLLIN};

	return poll(&p, 1, ms) > 0;
}

static inline bool
nasty_send(int fd, const char *bytes, size_t len)
{
	while (len != 0) {
		ssize_t n = send(fd, bytes, len, MSG_NOSIGNAL);

		if (n <= 0)
			return false;
		bytes += n;
		len -= (size_t)n;
	}
	return true;
}

static inline size_t
nasty_body_length(const char *head)
{
	const char *at = strcasestr(head, "\r\ncontent-length:");

	return at != NULL ? strtoul(at + 17, NULL, 10) : 0;
}

/* A whole request as a string of its own; NULL at the end. */
static inline char *
nasty_receive(int fd)
{
	char *text = calloc(1, NASTY_REQUEST_MAX), *end;
	size_t len = 0;

	while (text != NULL && len < NASTY_REQUEST_MAX - 1) {
		ssize_t n = recv(fd, text + len, NASTY_REQUEST_MAX - 1 - len, 0);

		if (n <= 0)
			break;
		len += (size_t)n;
		end = strstr(text, "\r\n\r\n");
		if (end != NULL && len >= (size_t)(end + 4 - text) + nasty_body_length(text))
			return text;
	}
	free(text);
	return NULL;
}

static inline const struct nasty_answer *
nasty_keep(struct nasty_server *n, char *request)
{
	const struct nasty_answer *a;

	(void)pthread_mutex_lock(&n->lock);
	a = &n->script[n->count < n->script_len ? n->count : n->script_len - 1];
	if (n->count < NASTY_REQUESTS_MAX)
		n->requests[n->count++] = request;
	else
		free(request);
	if (++n->at_once > n->at_once_max)
		n->at_once_max = n->at_once;
	(void)pthread_mutex_unlock(&n->lock);
	return a;
}

static inline bool
nasty_drip(const struct nasty_server *n, int fd, const char *bytes)
{
	for (; *bytes != '\0'; bytes++)
		if (!nasty_send(fd, bytes, 1) || nasty_wait(n, 1))
			return false;
	return true;
}

/* False: the connection has ended. */
static inline bool
nasty_answer(struct nasty_server *n, int fd, const struct nasty_answer *a)
{
	static const struct linger at_once = {1, 0};
	bool on = false;

	if (a->after_ms != 0 && nasty_wait(n, a->after_ms))
		return false;
	if (a->then == NASTY_DRIP)
		return nasty_drip(n, fd, a->bytes);
	if (!nasty_send(fd, a->bytes, strlen(a->bytes)))
		return false;
	switch (a->then) {
	case NASTY_KEEP: on = true; break;
	case NASTY_RESET:
		(void)nasty_wait(n, 20); /* so that what was sent is read first */
		(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
		break;
	case NASTY_STALL: (void)nasty_wait(n, 60000); break;
	case NASTY_HEADERS:
		while (nasty_send(fd, "x-more: and more and more and more\r\n", 36))
			continue;
		break;
	case NASTY_CLOSE:
	case NASTY_DRIP: break;
	}
	return on;
}

static inline void *
nasty_connection_run(void *ctx)
{
	struct nasty_connection c = *(struct nasty_connection *)ctx;
	char *request;
	bool on = true;

	free(ctx);
	while (on && (request = nasty_receive(c.fd)) != NULL) {
		on = nasty_answer(c.server, c.fd, nasty_keep(c.server, request));
		(void)pthread_mutex_lock(&c.server->lock);
		c.server->at_once--;
		(void)pthread_mutex_unlock(&c.server->lock);
	}
	(void)pthread_mutex_lock(&c.server->lock);
	for (size_t i = 0; i < c.server->connections; i++)
		if (c.server->sockets[i] == c.fd)
			c.server->sockets[i] = -1;
	(void)close(c.fd);
	(void)pthread_mutex_unlock(&c.server->lock);
	return NULL;
}

static inline void *
nasty_run(void *ctx)
{
	struct nasty_server *n = ctx;
	int fd;

	while ((fd = accept(n->listener, NULL, NULL)) >= 0) {
		struct nasty_connection *c = malloc(sizeof(*c));

		(void)pthread_mutex_lock(&n->lock);
		if (c != NULL && n->connections < NASTY_CONNECTIONS_MAX) {
			*c = (struct nasty_connection){n, fd};
			n->sockets[n->connections] = fd;
			if (pthread_create(
				&n->threads[n->connections], NULL, nasty_connection_run, c) == 0)
				n->connections++;
		}
		(void)pthread_mutex_unlock(&n->lock);
	}
	return NULL;
}

static inline void
nasty_start(struct nasty_server *n, const struct nasty_answer *script, size_t script_len)
{
	struct sockaddr_in at = {.sin_family = AF_INET};
	socklen_t len = sizeof(at);

	*n = (struct nasty_server){.script = script, .script_len = script_len};
	(void)signal(SIGPIPE, SIG_IGN);
	assert_int_equal(pthread_mutex_init(&n->lock, NULL), 0);
	assert_int_equal(pipe(n->stop), 0);
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	n->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(n->listener >= 0);
	assert_int_equal(bind(n->listener, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(n->listener, 128), 0);
	assert_int_equal(getsockname(n->listener, (struct sockaddr *)&at, &len), 0);
	n->port = ntohs(at.sin_port);
	assert_int_equal(pthread_create(&n->thread, NULL, nasty_run, n), 0);
}

static inline void
nasty_stop(struct nasty_server *n)
{
	(void)!write(n->stop[1], "x", 1);
	(void)shutdown(n->listener, SHUT_RDWR);
	(void)pthread_join(n->thread, NULL);
	(void)pthread_mutex_lock(&n->lock);
	for (size_t i = 0; i < n->connections; i++)
		if (n->sockets[i] >= 0)
			(void)shutdown(n->sockets[i], SHUT_RDWR);
	(void)pthread_mutex_unlock(&n->lock);
	for (size_t i = 0; i < n->connections; i++)
		(void)pthread_join(n->threads[i], NULL);
	for (size_t i = 0; i < n->count; i++)
		free(n->requests[i]);
	(void)close(n->listener);
	(void)close(n->stop[0]);
	(void)close(n->stop[1]);
	(void)pthread_mutex_destroy(&n->lock);
}

#endif
