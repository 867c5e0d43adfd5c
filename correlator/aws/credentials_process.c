/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "common/time_text.h"
#include "correlator/aws/credentials.h"
#include "correlator/aws/credentials_process.h"
#include "correlator/aws/credentials_run.h"
#include "correlator/aws/credentials_words.h"

#define NAME     "process"
#define LIMIT_US (120 * US_PER_SECOND) /* somebody may have to touch a security key */

static const struct credentials_json_form form = {.token = "SessionToken", .has_version = true};

/* argv is wiped by the caller; nothing of it but the program's name goes into a message. */
enum credentials_result
credentials_process_run(struct credentials_search *s, const struct credentials_process *p,
    char *const argv[], struct aws_credentials *out)
{
	enum credentials_result result = CREDENTIALS_FAILED;
	struct credentials_run run;
	struct buf output, why;

	buf_init(&output, CREDENTIALS_PROCESS_OUTPUT_MAX);
	buf_init(&why, 512);
	run = credentials_run(argv, LIMIT_US, &output);
	if (run.end != CREDENTIALS_RUN_OK) {
		credentials_run_put(&why, &run);
		result = credentials_fail(s, p->provider, "%s of profile %s %.*s%s", p->what,
		    p->profile, (int)why.len, buf_span(&why).ptr,
		    run.end == CREDENTIALS_RUN_NOT_STARTED ? p->not_started : p->not_ended_well);
	} else if (credentials_json_read(buf_span(&output), &form, out, &why) != 0) {
		result = credentials_fail(s, p->provider, "%s of profile %s: its answer: %.*s",
		    p->what, p->profile, (int)why.len, buf_span(&why).ptr);
	} else
		result = CREDENTIALS_FOUND;
	credentials_wipe(&output);
	buf_clear(&why);
	return result;
}

enum credentials_result
credentials_process_find(
    struct credentials_search *s, const char *profile, struct aws_credentials *out)
{
	static const char hint[] = " (run it by hand to see what it says)";
	const char *command = credentials_profile_get(s, profile, "credential_process");
	const struct credentials_process process = {NAME, "credential_process", profile, "", hint};
	enum credentials_result result;
	struct credentials_words w;
	int r;

	if (command == NULL)
		return credentials_lacks(s, NAME, "profile %s has no credential_process", profile);
	r = credentials_words_split(&w, command);
	if (r == -1)
		return credentials_fail(s, NAME, "no memory");
	if (r != 0)
		return credentials_fail(s, NAME,
		    "credential_process of profile %s has a quote that is not closed", profile);
	if (w.count == 0)
		result =
		    credentials_fail(s, NAME, "credential_process of profile %s is empty", profile);
	else
		result = credentials_process_run(s, &process, w.words, out);
	credentials_words_clear(&w);
	return result;
}
