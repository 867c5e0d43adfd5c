/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <openssl/crypto.h>
#include <stdlib.h>

#include "correlator/commands/commands.h"
#include "correlator/commands/run.h"
#include "correlator/commands/run_remote.h"
#include "correlator/input/document.h"
#include "correlator/report/chains.h"

/* What begins the file that a seal's key is stored in, beside the log: not a log, and no wonder. */
#define SEAL_STATE_START "{\"logintrail_seal\":"

struct verify {
	struct run run; /* of it: invocation, diagnostics, exit code */
	struct document document;
	struct input_list list;
	struct login_chain_set set;
	struct seal_keys *keys;
	struct chains_view view;
};

static void
say_document_error(struct verify *v, const char *path, enum document_error error)
{
	bool has_errno = error == DOCUMENT_ERROR_OPEN || error == DOCUMENT_ERROR_READ;

	diagnostics_error(&v->run.diagnostics, path, "%s%s%s",
	    document_error_say(&v->document, error), has_errno ? ": " : "",
	    has_errno ? strerror(errno) : "");
}

/* EXIT_CODE_DONE, or what ends the run. */
static int
read_keys(struct verify *v, const char *path)
{
	enum document_error error;
	long line;

	v->keys = malloc(sizeof(*v->keys));
	if (v->keys == NULL)
		return EXIT_CODE_OUTPUT;
	seal_keys_init(v->keys);
	error = document_load(&v->document, path);
	if (error != DOCUMENT_OK) {
		say_document_error(v, path, error);
		return EXIT_CODE_INPUT;
	}
	line = seal_keys_read(v->keys, v->document.text);
	if (v->document.raw != NULL)
		OPENSSL_cleanse(v->document.raw, v->document.raw_cap);
	if (line > 0)
		diagnostics_error(&v->run.diagnostics, path,
		    "line %ld is not a key of a seal, or is mistyped", line);
	else if (line < 0)
		diagnostics_error(&v->run.diagnostics, path, "there is no key of a seal in it");
	v->set.keys = v->keys;
	return line == 0 ? EXIT_CODE_DONE : EXIT_CODE_INPUT;
}

static int
check_file(struct verify *v, const char *path)
{
	enum document_error error = document_load(&v->document, path);
	struct span text = v->document.text;
	bool is_log = false;

	if (error == DOCUMENT_ERROR_MEMORY)
		return -1;
	if (error != DOCUMENT_OK) {
		v->view.files_failed++;
		say_document_error(v, path, error);
	}
	if (text.len == 0 || span_starts(text, SEAL_STATE_START))
		return 0;
	if (login_chain_add(&v->set, path, text, &is_log) != 0)
		return -1;
	if (!is_log)
		diagnostics_warning(&v->run.diagnostics, path, "no login records in it");
	return 0;
}

static int
check_list(struct verify *v, const struct document_source *source)
{
	if (source != NULL && source->plan(source->ctx, &v->list, NULL, v->list.count) != 0)
		return -1;
	v->document.source = source;
	for (size_t i = 0; i < v->list.count; i++)
		if (check_file(v, v->list.files[i].path) != 0)
			return -1;
	return login_chain_link(&v->set);
}

static int
check_files(struct verify *v)
{
	const struct options *o = &v->run.inv->options;
	struct run_remote remote;
	int r = -1;

	if (run_remote_open(&remote, v->run.inv, false, NULL, &v->run.diagnostics) != 0)
		goto out;
	for (size_t i = 0; i < o->input_count; i++)
		if (run_remote_add(&remote, &v->list, &o->inputs[i], &v->run.diagnostics) != 0)
			goto out;
	r = check_list(v, run_remote_source(&remote));
out:
	v->document.source = NULL;
	run_remote_close(&remote);
	return r;
}

static void
render(struct run *run, enum report_format format, struct output *o, const struct style *style,
    void *ctx)
{
	const struct verify *v = ctx;

	(void)run;
	if (format == FORMAT_JSON)
		chains_json(o, &v->view);
	else
		chains_text(o, &v->view, style);
}

static void
tell(struct verify *v)
{
	enum chains_verdict verdict = chains_verdict(&v->view);

	if (v->set.chain_count == 0 && v->run.diagnostics.errors == 0)
		diagnostics_error(&v->run.diagnostics, NULL, "there are no login records to check");
	if (verdict == CHAINS_BROKEN)
		run_note(&v->run, EXIT_CODE_FINDINGS);
	if (v->run.diagnostics.errors != 0)
		run_note(&v->run, EXIT_CODE_INPUT);
	run_print(&v->run, render, v);
}

static void
verify(struct verify *v)
{
	const struct options *o = &v->run.inv->options;
	int code = EXIT_CODE_OUTPUT;

	if (document_init(&v->document, (size_t)o->inflate_max) == 0) {
		code = o->seal_key != NULL ? read_keys(v, o->seal_key) : EXIT_CODE_DONE;
		if (code == EXIT_CODE_DONE && check_files(v) != 0)
			code = EXIT_CODE_OUTPUT;
		if (code == EXIT_CODE_DONE)
			tell(v);
		document_clear(&v->document);
	}
	if (code == EXIT_CODE_OUTPUT)
		cli_say(v->run.inv->err, "out of memory");
	run_note(&v->run, (enum exit_code)code);
}

int
verify_command(struct invocation *inv)
{
	struct verify v = {.run = {.inv = inv, .diagnostics = {.stream = inv->err}}};

	if (!options_has_input(&inv->options, INPUT_LOGINS))
		return cli_usage_error(inv, "--logins is missing: where are the login records?");
	input_list_init(&v.list);
	login_chain_init(&v.set);
	v.set.heads = inv->options.heads;
	v.set.head_count = inv->options.head_count;
	v.view.set = &v.set;
	verify(&v);
	login_chain_clear(&v.set);
	input_list_clear(&v.list);
	if (v.keys != NULL)
		seal_keys_clear(v.keys);
	free(v.keys);
	return v.run.code;
}
