/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "common/array.h"
#include "correlator/store/store_private.h"

static int
read_inputs(struct store *s, struct store_about *about)
{
	sqlite3_stmt *statement = NULL;
	size_t cap = 0;
	int r = -1;

	if (store_prepared(s, &statement, "SELECT role, uri FROM inputs ORDER BY id") == NULL)
		return -1;
	while ((r = store_step(s, statement)) == 1) {
		struct span uri = store_column(statement, 1);
		struct store_input *input;

		if (!array_grow(
			(void **)&about->inputs, about->input_count, &cap, sizeof(*about->inputs)))
			break;
		input = &about->inputs[about->input_count];
		input->role =
		    sqlite3_column_int(statement, 0) == INPUT_EVENTS ? INPUT_EVENTS : INPUT_LOGINS;
		input->uri = strndup(uri.ptr != NULL ? uri.ptr : "", uri.len);
		if (input->uri == NULL)
			break;
		about->input_count++;
	}
	(void)sqlite3_finalize(statement);
	return r == 1 ? store_fail_memory(s) : r;
}

static int
read_messages(struct store *s, struct store_about *about)
{
	sqlite3_stmt *statement = NULL;
	size_t cap = 0;
	int r = -1;

	if (store_prepared(s, &statement,
		"SELECT m.is_error, s.path, m.text FROM messages m LEFT JOIN sources s ON "
		"s.id=m.source"
		" ORDER BY m.id LIMIT ?1") == NULL)
		return -1;
	(void)sqlite3_bind_int(statement, 1, STORE_MESSAGES_MAX);
	while ((r = store_step(s, statement)) == 1) {
		struct span subject = store_column(statement, 1), text = store_column(statement, 2);
		struct store_message *m;

		if (!array_grow((void **)&about->messages, about->message_count, &cap,
			sizeof(*about->messages)))
			break;
		m = &about->messages[about->message_count];
		m->is_error = sqlite3_column_int(statement, 0) != 0;
		m->subject = strndup(subject.ptr != NULL ? subject.ptr : "", subject.len);
		m->text = strndup(text.ptr != NULL ? text.ptr : "", text.len);
		about->message_count++;
		if (m->subject == NULL || m->text == NULL)
			break;
	}
	(void)sqlite3_finalize(statement);
	return r == 1 ? store_fail_memory(s) : r;
}

int
store_about(struct store *s, struct store_about *about)
{
	int64_t errors, warnings;

	*about = (struct store_about){.pruned_us = LOGIN_TIME_UNKNOWN};
	if (store_number(s, "SELECT count(*) FROM messages WHERE is_error<>0", 0, &errors) != 0 ||
	    store_number(s, "SELECT count(*) FROM messages WHERE is_error=0", 0, &warnings) != 0 ||
	    store_number(s, "SELECT value FROM totals WHERE name='pruned'", LOGIN_TIME_UNKNOWN,
		&about->pruned_us) != 0 ||
	    read_inputs(s, about) != 0 || read_messages(s, about) != 0) {
		store_about_clear(about);
		return -1;
	}
	about->errors = (uint64_t)errors;
	about->warnings = (uint64_t)warnings;
	return 0;
}

void
store_about_clear(struct store_about *about)
{
	for (size_t i = 0; i < about->input_count; i++)
		free(about->inputs[i].uri);
	for (size_t i = 0; i < about->message_count; i++) {
		free(about->messages[i].subject);
		free(about->messages[i].text);
	}
	free(about->inputs);
	free(about->messages);
	*about = (struct store_about){.pruned_us = LOGIN_TIME_UNKNOWN};
}
