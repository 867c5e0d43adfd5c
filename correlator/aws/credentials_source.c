/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/time_text.h"
#include "correlator/aws/credentials_chain.h"
#include "correlator/aws/credentials_window.h"

/* Requests under way at the same time are refused together: what the first brought is new to all.
 */
#define AGAIN_US  US_PER_SECOND
#define LATER_US  (60 * US_PER_SECOND) /* after a renewal failed that was not needed yet */
#define ERROR_MAX 16384

struct aws_credential_source {
	const struct aws_settings *settings;
	pthread_mutex_t lock;
	pthread_cond_t fetched; /* somebody has ended fetching */
	bool fetching;
	/* under the lock */
	bool found; /* which and kept are set */
	size_t which;
	struct aws_credentials kept;
	struct credentials_window window;
	int64_t renewed_us, failed_us; /* by the monotonic clock; 0: never */
	int64_t skew_us;               /* 0: nothing was learned */
	struct buf error;              /* of the last that failed, for those who waited for it */
};

static int64_t
monotonic_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * US_PER_SECOND + now.tv_nsec / 1000;
}

struct aws_credential_source *
aws_credential_source_new(const struct aws_settings *s)
{
	struct aws_credential_source *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->settings = s;
	c->kept.expires_us = AWS_CREDENTIALS_NEVER;
	buf_init(&c->error, ERROR_MAX);
	if (pthread_mutex_init(&c->lock, NULL) != 0)
		goto no_lock;
	if (pthread_cond_init(&c->fetched, NULL) != 0)
		goto no_cond;
	return c;
no_cond:
	(void)pthread_mutex_destroy(&c->lock);
no_lock:
	free(c);
	return NULL;
}

void
aws_credential_source_free(struct aws_credential_source *c)
{
	if (c == NULL)
		return;
	aws_credentials_clear(&c->kept);
	buf_clear(&c->error);
	(void)pthread_cond_destroy(&c->fetched);
	(void)pthread_mutex_destroy(&c->lock);
	free(c);
}

/* What is to be done for one who asks. */
enum need {
	NEED_NOTHING,  /* those kept are good */
	NEED_ADVISORY, /* they are, and it is time for new ones */
	NEED_FETCH,
};

static enum need
judge(const struct aws_credential_source *c, int64_t now_us, bool renew)
{
	int64_t time_us = monotonic_us();
	enum credentials_age age;

	if (!c->found)
		return NEED_FETCH;
	age = credentials_window_judge(&c->window, now_us);
	if (age == CREDENTIALS_EXPIRED || age == CREDENTIALS_MANDATORY ||
	    (renew && (c->renewed_us == 0 || time_us - c->renewed_us >= AGAIN_US)))
		return NEED_FETCH;
	if (age == CREDENTIALS_FRESH || (c->failed_us != 0 && time_us - c->failed_us < LATER_US))
		return NEED_NOTHING;
	return NEED_ADVISORY;
}

/* The provider that gave those kept is asked again, with what stands in the files now: some
 * programs write new keys there. */
static enum credentials_result
ask_again(struct credentials_search *s, struct aws_credentials *out, size_t which)
{
	const struct aws_settings *settings = s->settings;
	struct aws_settings renewed = *settings;
	enum credentials_result result;
	struct aws_config *config;
	struct buf error;

	buf_init(&error, 1024);
	config = aws_config_load(&error);
	if (config != NULL) {
		renewed.config = config;
		s->settings = &renewed;
	}
	result = credentials_chain_again(s, out, which);
	s->settings = settings;
	aws_config_free(config);
	buf_clear(&error);
	return result;
}

/* What a fetch knows, without the lock. */
struct fetch {
	bool again;
	size_t which;
	int64_t now_us, skew_us;
	struct aws_credentials fresh;
};

static int
fetch_run(struct fetch *f, const struct aws_settings *settings, struct buf *error)
{
	struct credentials_search s;
	enum credentials_result result;

	f->fresh = (struct aws_credentials){.expires_us = AWS_CREDENTIALS_NEVER};
	credentials_search_init(&s, settings, f->now_us, error);
	result = f->again ? ask_again(&s, &f->fresh, f->which)
			  : credentials_chain_find(&s, &f->fresh, &f->which);
	if (s.skew_us != 0) {
		f->now_us += s.skew_us;
		f->skew_us = f->now_us - time_now_us();
	}
	credentials_search_clear(&s);
	if (result != CREDENTIALS_FOUND)
		return -1;
	if (f->fresh.expires_us > f->now_us)
		return 0;
	buf_printf(error, "AWS credentials (%s): those that were given have expired already",
	    f->fresh.provider);
	aws_credentials_clear(&f->fresh);
	return -1;
}

/* Under the lock, which is released meanwhile. */
static int
renew_kept(struct aws_credential_source *c, int64_t now_us, bool renew)
{
	struct fetch f = {
	    .again = c->found, .which = c->which, .now_us = now_us, .skew_us = c->skew_us};
	struct buf error;
	int r;

	buf_init(&error, ERROR_MAX);
	c->fetching = true;
	(void)pthread_mutex_unlock(&c->lock);
	r = fetch_run(&f, c->settings, &error);
	(void)pthread_mutex_lock(&c->lock);
	c->fetching = false;
	(void)pthread_cond_broadcast(&c->fetched);
	c->skew_us = f.skew_us;
	buf_clear(&c->error);
	c->error = error;
	if (r != 0) {
		c->failed_us = monotonic_us();
		return -1;
	}
	aws_credentials_clear(&c->kept);
	c->kept = f.fresh;
	c->which = f.which;
	c->found = true;
	if (renew)
		c->renewed_us = monotonic_us();
	c->failed_us = 0;
	credentials_window_set(&c->window, f.fresh.expires_us, f.now_us);
	return 0;
}

static int
get_locked(struct aws_credential_source *c, int64_t now_us, bool renew)
{
	enum need need;
	bool waited = false;

	for (;;) {
		need = judge(c, now_us, renew);
		if (need == NEED_NOTHING || (need == NEED_ADVISORY && c->fetching))
			return 0;
		if (!c->fetching)
			break;
		(void)pthread_cond_wait(&c->fetched, &c->lock);
		waited = true;
	}
	/* what failed for another one just now would fail for this one, after as long a time */
	if (waited && c->error.len != 0)
		return need == NEED_ADVISORY ? 0 : -1;
	return renew_kept(c, now_us, renew) == 0 || need == NEED_ADVISORY ? 0 : -1;
}

/* As much of it as there is room for, and a NUL. */
static void
put_error(struct buf *out, struct span sentence)
{
	size_t room = out->max - out->len;

	buf_put_span(out, span_head(sentence, room != 0 ? room - 1 : 0));
}

int
aws_credentials_get(struct aws_credential_source *c, int64_t now_us, bool renew,
    struct aws_credentials *out, struct buf *error)
{
	int r;

	*out = (struct aws_credentials){.expires_us = AWS_CREDENTIALS_NEVER};
	(void)pthread_mutex_lock(&c->lock);
	if (c->skew_us != 0) /* STS knows better than who has not asked a server yet */
		now_us = time_now_us() + c->skew_us;
	r = get_locked(c, now_us, renew);
	if (r != 0)
		put_error(error, buf_span(&c->error));
	else if (aws_credentials_copy(out, &c->kept) != 0) {
		buf_puts(error, "AWS credentials: no memory");
		r = -1;
	}
	(void)pthread_mutex_unlock(&c->lock);
	return r;
}
