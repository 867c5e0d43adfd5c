/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/aws/credentials_words.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Copies what stands in double quotes; the backslash escapes itself and the quote. Returns where
 * the text goes on, NULL when it is not closed. */
static const char *
copy_double(const char *at, char **out)
{
	for (; *at != '"'; at++) {
		if (*at == '\\' && (at[1] == '\\' || at[1] == '"'))
			at++;
		if (*at == '\0')
			return NULL;
		*(*out)++ = *at;
	}
	return at + 1;
}

static const char *
copy_single(const char *at, char **out)
{
	const char *end = strchr(at, '\'');

	if (end == NULL)
		return NULL;
	memcpy(*out, at, (size_t)(end - at));
	*out += end - at;
	return end + 1;
}

/* Copies one word; at its end *out stands behind it. */
static const char *
copy_word(const char *at, char **out)
{
	while (at != NULL && *at != '\0' && !is_blank(*at)) {
		if (*at == '"')
			at = copy_double(at + 1, out);
		else if (*at == '\'')
			at = copy_single(at + 1, out);
		else if (*at == '\\' && at[1] == '\0')
			at = NULL;
		else {
			if (*at == '\\')
				at++;
			*(*out)++ = *at++;
		}
	}
	return at;
}

int
credentials_words_split(struct credentials_words *w, const char *command)
{
	size_t len = strlen(command);
	char *out;

	/* no word is longer than what it is made of, and between two stands at least a blank */
	*w = (struct credentials_words){
	    .words = calloc(len / 2 + 2, sizeof(*w->words)),
	    .text = calloc(1, len + 2),
	    .size = len + 2,
	};
	if (w->words == NULL || w->text == NULL) {
		credentials_words_clear(w);
		return -1;
	}
	out = w->text;
	for (;;) {
		while (is_blank(*command))
			command++;
		if (*command == '\0')
			return 0;
		w->words[w->count++] = out;
		command = copy_word(command, &out);
		if (command == NULL) {
			credentials_words_clear(w);
			return -2;
		}
		*out++ = '\0';
	}
}

void
credentials_words_clear(struct credentials_words *w)
{
	if (w->text != NULL)
		explicit_bzero(w->text, w->size);
	free(w->words);
	free(w->text);
	*w = (struct credentials_words){0};
}
