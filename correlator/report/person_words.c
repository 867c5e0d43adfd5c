/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/report/person_words.h"

#include "common/safe_text.h"
#include "correlator/report/words.h"

#define SECONDS_NEAR 10 /* half a span of time that is worded as "within N s of" */

const char *
person_words_mark(enum sureness sure)
{
	static const char *const marks[] = {
	    [SURE_NONE] = "",
	    [SURE_CLAIMED] = " ?",
	    [SURE_PROBABLE] = " ~",
	    [SURE_EXACT] = "",
	};

	return marks[sure];
}

const char *
person_words_mfa(enum mfa_seen mfa)
{
	static const char *const words[] = {
	    [MFA_UNKNOWN] = NULL,
	    [MFA_SEEN] = "AWS saw MFA",
	    [MFA_NOT_SEEN] = "AWS did not see MFA",
	};

	return words[mfa];
}

/* What kind of name it is. */
static const char *
kind_words(const struct person *p)
{
	static const char *const words[PERSON_TYPES] = {
	    [PERSON_IAM_USER] = "IAM user",
	    [PERSON_ROOT] = "the account's root, which is nobody's name",
	    [PERSON_IDENTITY_CENTER] = "user of IAM Identity Center",
	    [PERSON_SAML] = "user of a SAML identity provider",
	    [PERSON_WEB_IDENTITY] = "of a web identity provider, perhaps a program",
	    [PERSON_SERVICE] = "an AWS service",
	};

	if (p->type != PERSON_UNKNOWN)
		return words[p->type];
	if (p->source_identity == p->name)
		return "the source identity, which whoever set it may have chosen";
	if (p->session_name == p->name)
		return "the name of the session, which its caller chose";
	return p->sure == SURE_CLAIMED ? "a session tag, which its caller chose" : "of the chain";
}

static void
put_nobody(struct buf *out, const struct person *p)
{
	static const char *const why[CHAIN_ENDS] = {
	    [CHAIN_END_ORIGIN] = "nothing that leads to it says who it was",
	    [CHAIN_END_MISSING] = "the chain ends for want of data",
	    [CHAIN_END_AMBIGUOUS] = "two or more could have been it",
	    [CHAIN_END_LOGINS] = "who was logged in on the instance does not decide it",
	    [CHAIN_END_DEPTH] = "the chain is too long",
	    [CHAIN_END_CYCLE] = "the chain comes back to where it was",
	};

	if (p->type == PERSON_SERVICE) {
		buf_puts(out, "nobody: an AWS service made the call");
		return;
	}
	buf_puts(out, "nobody can be named: ");
	buf_puts(out, why[p->end]);
}

/* Where the chain leads to. Of a chain without a hop that is the caller, who is shown anyway; of
 * one that ends at an instance the sessions there tell more. */
static void
put_origin(struct buf *out, const struct report_view *v, const struct person *p)
{
	bool is_theirs = p->type == PERSON_SERVICE || (p->name != 0 && p->type != PERSON_UNKNOWN);

	if (p->principal == 0 || p->principal == p->name)
		return;
	if (!is_theirs && (p->hop_count == 0 || p->end == CHAIN_END_LOGINS))
		return;
	buf_puts(out,
	    !is_theirs                       ? "; the chain leads to "
		: p->type == PERSON_IAM_USER ? " "
					     : ", ");
	words_id(out, v, p->principal);
}

void
person_words_put(struct buf *out, const struct report_view *v, const struct person *p)
{
	const char *mfa = person_words_mfa(p->mfa);

	if (p->name != 0) {
		words_id(out, v, p->name);
		buf_printf(out, ", %s: %s", sureness_name(p->sure), kind_words(p));
	} else {
		put_nobody(out, p);
	}
	put_origin(out, v, p);
	if (mfa != NULL)
		buf_printf(out, "; %s", mfa);
}

/* "word text", with a comma in front behind others. */
static void
put_detail(
    struct buf *out, const struct report_view *v, size_t start, const char *word, string_id id)
{
	if (id == 0)
		return;
	if (out->len != start)
		buf_puts(out, ", ");
	buf_puts(out, word);
	words_id(out, v, id);
}

void
person_words_put_details(struct buf *out, const struct report_view *v, const struct person *p)
{
	size_t start = out->len;
	bool is_center = p->type == PERSON_IDENTITY_CENTER;

	put_detail(out, v, start, "", p->display_name);
	put_detail(out, v, start, "", p->email);
	put_detail(out, v, start, "user id ", p->user_id);
	put_detail(out, v, start, is_center ? "of " : "provider ", p->provider);
	if (p->source_identity != 0 && (p->type != PERSON_UNKNOWN || p->source_identity != p->name))
		put_detail(out, v, start,
		    p->name != 0 && p->source_identity != p->name ? "the source identity says "
								  : "source identity ",
		    p->source_identity);
	if (p->session_name != p->name)
		put_detail(out, v, start, "session name ", p->session_name);
	put_detail(out, v, start, "session tags ", p->tags);
}

/* "Admin" of "arn:aws:iam::111122223333:role/path/Admin"; all of what has no slash. */
static struct span
role_name(struct span arn)
{
	const char *slash = arn.len != 0 ? memrchr(arn.ptr, '/', arn.len) : NULL;

	return slash != NULL ? span_from(arn, (size_t)(slash - arn.ptr) + 1) : arn;
}

/* What the event gave out. */
static void
put_object(struct buf *out, const struct report_view *v, const struct issue *issue)
{
	if (issue->set_name != 0) {
		buf_puts(out, " of permission set ");
		words_id(out, v, issue->set_name);
		buf_puts(out, " in account ");
		words_id(out, v, issue->set_account);
		return;
	}
	if (issue->role_arn != 0) {
		buf_puts(out, " of ");
		safe_text_put(out, role_name(view_span(v, issue->role_arn)));
	}
	if (issue->session_name != 0) {
		buf_puts(out, " as ");
		words_id(out, v, issue->session_name);
	}
}

static void
put_place(struct buf *out, const struct report_view *v, const struct issue *issue)
{
	if (issue->source_ip != 0) {
		buf_puts(out, " from ");
		words_id(out, v, issue->source_ip);
	}
	buf_puts(out, " (event ");
	words_id(out, v, issue->event_id);
	buf_putc(out, ')');
}

static void
put_requester(struct buf *out, const struct report_view *v, uint32_t caller)
{
	struct buf scratch;

	if (caller == HOP_NONE)
		return;
	buf_init(&scratch, (size_t)64 * 1024);
	buf_puts(out, " by ");
	safe_text_put(out, words_principal(v, v->ledger->callers[caller].principal, &scratch));
	buf_clear(&scratch);
}

void
person_words_put_hop(
    struct buf *out, const struct report_view *v, const struct style *style, const struct hop *hop)
{
	static const char *const found[HOP_RULES] = {
	    [HOP_ACCESS_KEY] = "found by the access key",
	    [HOP_SIGN_IN_SESSION] = "found by the sign-in session",
	    [HOP_SESSION] = "found by the session and its time of creation",
	    [HOP_PERMISSION_SET] = "found by account, permission set and time",
	    [HOP_INSTANCE] = "the role of an instance: who was logged in there at that time",
	};
	char text[TIME_TEXT_LEN];

	if (hop->issue != HOP_NONE) {
		const struct issue *issue = &v->ledger->issues[hop->issue];

		buf_puts(out, style_time(style, text, issue->time_us, 0));
		buf_putc(out, ' ');
		buf_puts(out, issue_kind_name(issue->kind));
		put_object(out, v, issue);
		put_requester(out, v, hop->caller);
		put_place(out, v, issue);
		buf_puts(out, ", ");
	}
	buf_printf(out, "%s, %s", found[hop->rule], sureness_name(hop->sure));
}

void
person_words_put_also(struct buf *out, const struct report_view *v, const struct style *style,
    const struct issue *issue)
{
	char text[TIME_TEXT_LEN];

	buf_puts(out, "seen in the console: ");
	buf_puts(out, style_time(style, text, issue->time_us, 0));
	buf_putc(out, ' ');
	buf_puts(out, issue_kind_name(issue->kind));
	put_place(out, v, issue);
}

/* "AssumeRole, GetSessionToken or ConsoleLogin" */
static void
put_kinds(struct buf *out, unsigned kinds)
{
	bool first = true;

	for (enum issue_kind k = ISSUE_NONE + 1; k < ISSUE_KINDS; k++) {
		if ((kinds & 1u << k) == 0)
			continue;
		kinds &= ~(1u << k);
		if (!first)
			buf_puts(out, kinds != 0 ? ", " : " or ");
		buf_puts(out, issue_kind_name(k));
		first = false;
	}
	if (first)
		buf_puts(out, "issuing");
}

static void
put_time_span(struct buf *out, const struct style *style, const struct missing_event *m)
{
	int64_t half_us = (m->to_us - m->from_us) / 2;
	char text[TIME_TEXT_LEN];

	if (half_us <= SECONDS_NEAR * US_PER_SECOND) {
		buf_printf(out, " within %lld s of ", (long long)(half_us / US_PER_SECOND));
		buf_puts(out, style_time(style, text, m->from_us + half_us, 0));
		return;
	}
	buf_puts(out, " from ");
	buf_puts(out, style_time(style, text, m->from_us, 0));
	buf_puts(out, " to ");
	buf_puts(out, style_time(style, text, m->to_us, 0));
}

static void
put_missing(struct buf *out, const struct report_view *v, const struct style *style,
    const struct missing_event *m)
{
	buf_puts(out, "no ");
	put_kinds(out, m->kinds);
	buf_puts(out, " event");
	put_time_span(out, style, m);
	buf_puts(out, " in ");
	if (m->account_id != 0) {
		buf_puts(out, "account ");
		words_id(out, v, m->account_id);
	} else {
		buf_puts(out, "any account");
	}
	buf_puts(out, m->region != 0 ? " (region " : " (any region");
	if (m->region != 0)
		words_id(out, v, m->region);
	buf_puts(out, ") is among the input");
	if (m->write_only)
		buf_puts(out, "; that account's trail has no read events (WriteOnly)");
}

void
person_words_put_end(
    struct buf *out, const struct report_view *v, const struct style *style, const struct person *p)
{
	switch (p->end) {
	case CHAIN_END_MISSING:
		buf_puts(out, "the chain ends here: ");
		put_missing(out, v, style, &p->missing);
		break;
	case CHAIN_END_AMBIGUOUS:
		buf_puts(
		    out, "the chain ends here: events of different callers fit, none is chosen");
		break;
	case CHAIN_END_DEPTH:
		buf_printf(out, "the chain ends here: it goes on behind %d steps", CHAIN_HOPS_MAX);
		break;
	case CHAIN_END_CYCLE:
		buf_puts(out, "the chain ends here: it comes back to where it was");
		break;
	default: break;
	}
}
