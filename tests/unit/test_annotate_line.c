/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/time_text.h"
#include "correlator/annotate/annotation.h"
#include "correlator/annotate/audit_line.h"

#define NONE     AUDIT_SESSION_NONE
#define AT       INT64_C(1795328560123000) /* 2026-11-22T06:22:40.123Z */
#define RAW      "msg=audit(1795328560.123:456): "
#define READABLE "msg=audit(11/22/26 06:22:40.123:456) : "
#define KERNEL_1 "arch=c000003e syscall=59 success=yes exit=0 a0=55 a1=55 a2=0 a3=8 items=2 "
#define KERNEL_2 "ppid=1240 pid=1241 auid=1000 uid=0 gid=0 euid=0 suid=0 fsuid=0 egid=0 sgid=0 "
#define KERNEL_3 "fsgid=0 tty=pts0 "
#define SYSCALL  "type=SYSCALL " RAW KERNEL_1 KERNEL_2 KERNEL_3
#define MAX      ((size_t)8 << 20)

static struct audit_line
parse(const char *text, struct buf *scratch)
{
	struct audit_line line;

	buf_reset(scratch);
	audit_line_parse(span_of(text), NULL, scratch, &line);
	return line;
}

static void
check_span(struct span is, const char *want)
{
	if (want == NULL) {
		assert_null(is.ptr);
		return;
	}
	assert_non_null(is.ptr);
	assert_int_equal(is.len, strlen(want));
	assert_memory_equal(is.ptr, want, is.len);
}

static const struct {
	const char *text;
	enum audit_line_kind kind;
	int64_t ses;
	const char *host;
} text_cases[] = {
    {SYSCALL "ses=42 comm=\"cat\" exe=\"/usr/bin/cat\" key=(null)", AUDIT_LINE_RAW, 42, NULL},
    {"node=web-1 " SYSCALL "ses=42 comm=\"cat\"", AUDIT_LINE_RAW, 42, "web-1"},
    {SYSCALL "ses=4294967295 comm=\"cat\"", AUDIT_LINE_RAW, NONE, NULL},
    {SYSCALL "ses=4294967294 comm=\"cat\"", AUDIT_LINE_RAW, 4294967294, NULL},
    {SYSCALL "ses=4294967296 comm=\"cat\"", AUDIT_LINE_RAW, NONE, NULL},
    {SYSCALL "ses=-1 comm=\"cat\"", AUDIT_LINE_RAW, NONE, NULL},
    {SYSCALL "ses=42x comm=\"cat\"", AUDIT_LINE_RAW, NONE, NULL},
    {SYSCALL "ses=", AUDIT_LINE_RAW, NONE, NULL},
    {SYSCALL "oldses=7 ses=8 comm=\"a\"", AUDIT_LINE_RAW, 8, NULL},
    {"type=USER_LOGIN " RAW "pid=7 uid=0 auid=1000 ses=42 subj=unconfined msg='op=login "
     "ses=99 res=success'\x1dUID=\"root\"",
	AUDIT_LINE_RAW, 42, NULL},
    {"type=USER_AUTH " RAW "user pid=7 uid=0 auid=1000 ses=42 msg='op=x'", AUDIT_LINE_RAW, 42,
	NULL},
    {"type=LOGIN " RAW "pid=7 uid=0 subj=unconfined old-auid=4294967295 auid=1000 "
     "tty=(none) old-ses=4294967295 ses=42 res=1",
	AUDIT_LINE_RAW, 42, NULL},
    {"type=LOGIN " RAW "pid=7 uid=0 subj=/usr/sbin/sshd (enforce) old-ses=7 ses=42 res=1",
	AUDIT_LINE_RAW, 42, NULL},
    {"type=UNKNOWN[1420] " RAW "auid=1 ses=3", AUDIT_LINE_RAW, 3, NULL},
    {"type=SYSCALL " READABLE "arch=x86_64 syscall=openat success=no exit=EACCES(Permission "
     "denied) a0=AT_FDCWD a1=0x55 items=1 auid=ec2-user tty=pts0 ses=42 comm=a ses exe=/x",
	AUDIT_LINE_INTERPRETED, 42, NULL},
    {"type=SYSCALL " READABLE "auid=unset ses=unset comm=x ses=42", AUDIT_LINE_INTERPRETED, NONE,
	NULL},
    /* what others than the kernel wrote */
    {"type=USER_CMD " RAW "pid=7 uid=0 msg='cwd=\"/\" ses=99'", AUDIT_LINE_RAW, NONE, NULL},
    {"type=USER_CMD " RAW "pid=7 msg='x' ses=99", AUDIT_LINE_RAW, NONE, NULL},
    {"type=PROCTITLE " READABLE "proctitle=cat ses=99", AUDIT_LINE_INTERPRETED, NONE, NULL},
    {"type=CWD " READABLE "cwd=/tmp/a ses=99", AUDIT_LINE_INTERPRETED, NONE, NULL},
    {"type=PATH " READABLE "item=0 name=/tmp/a ses=99", AUDIT_LINE_INTERPRETED, NONE, NULL},
    {"type=EXECVE " READABLE "argc=2 a0=cat a1=x ses=99", AUDIT_LINE_INTERPRETED, NONE, NULL},
    {"type=EXECVE " RAW "argc=1 a0=\"ses=99 ses=99\"", AUDIT_LINE_RAW, NONE, NULL},
    {"type=AVC " RAW "avc:  denied  { read } for  pid=1 comm=\"x\" ses=99", AUDIT_LINE_RAW, NONE,
	NULL},
    {"type=SYSCALL " READABLE "auid=1 comm=x ses=99", AUDIT_LINE_INTERPRETED, NONE, NULL},
    {"type=PROCTITLE " RAW "proctitle=63\x1dses=99", AUDIT_LINE_RAW, NONE, NULL},
    {"type=DAEMON_END " RAW "auid=1\x1dUID=\"root\" ses=99", AUDIT_LINE_RAW, NONE, NULL},
    /* no records */
    {"", AUDIT_LINE_OTHER, NONE, NULL},
    {"----", AUDIT_LINE_OTHER, NONE, NULL},
    {"time->Sun Nov 22 06:22:40 2026", AUDIT_LINE_OTHER, NONE, NULL},
    {"Nov 22 06:22:40 web-1 mallory: " SYSCALL "ses=42", AUDIT_LINE_OTHER, NONE, NULL},
    {" " SYSCALL "ses=42", AUDIT_LINE_OTHER, NONE, NULL},
    {"node= " SYSCALL "ses=42", AUDIT_LINE_OTHER, NONE, NULL},
    {"node=web-1", AUDIT_LINE_OTHER, NONE, NULL},
    {"type=syscall " RAW "ses=42", AUDIT_LINE_OTHER, NONE, NULL},
    {"type=SYSCALL msg=audit(1795328560.123:456 ses=42", AUDIT_LINE_OTHER, NONE, NULL},
    {"type=SYSCALL msg=audit(1795328560.123:456) ses=42", AUDIT_LINE_OTHER, NONE, NULL},
};

static void
test_text(void **state)
{
	struct buf scratch;

	(void)state;
	buf_init(&scratch, MAX);
	for (size_t i = 0; i < sizeof(text_cases) / sizeof(text_cases[0]); i++) {
		struct audit_line line = parse(text_cases[i].text, &scratch);

		if (line.kind != text_cases[i].kind || line.ses != text_cases[i].ses)
			print_message("case %zu: %s\n", i, text_cases[i].text);
		assert_int_equal(line.kind, text_cases[i].kind);
		assert_int_equal(line.ses, text_cases[i].ses);
		check_span(line.host, text_cases[i].host);
		assert_int_equal(line.has_time, line.kind != AUDIT_LINE_OTHER);
		if (line.has_time)
			assert_int_equal(line.time_us, AT);
	}
	buf_clear(&scratch);
}

static void
test_times(void **state)
{
	static const struct {
		const char *stamp;
		bool has_time;
		int64_t us;
	} cases[] = {
	    {"1795328560.123:456", true, AT},
	    {"0.000:1", true, 0},
	    {"11/22/2026 06:22:40.123:456", true, AT},
	    {"2026-11-22 06:22:40.123:456", true, AT},
	    {"22.11.2026 06:22:40.123:456", true, AT},
	    {"22.11.26 06:22:40.123:456", true, AT},
	    {"22/11/26 06:22:40.123:456", false, 0},
	    {"11/22/26 06:22:40:456", false, 0},
	    {"11/22/26 06:22:40.123", false, 0},
	    {"11-22/26 06:22:40.123:4", false, 0},
	    {"11/222/26 06:22:40.123:4", false, 0},
	    {"99999999999999999999.1:1", false, 0},
	    {"1795328560.:456", false, 0},
	    {"1795328560.123:4444444444444444444444", false, 0},
	    {"", false, 0},
	};
	char text[200];
	struct buf scratch;

	(void)state;
	buf_init(&scratch, MAX);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct audit_line line;

		(void)snprintf(
		    text, sizeof(text), "type=LOGIN msg=audit(%s): ses=1", cases[i].stamp);
		line = parse(text, &scratch);
		if (line.has_time != cases[i].has_time)
			print_message("%s\n", cases[i].stamp);
		assert_int_equal(line.has_time, cases[i].has_time);
		if (line.has_time)
			assert_int_equal(line.time_us, cases[i].us);
		assert_int_equal(line.ses, 1);
	}
	buf_clear(&scratch);
}

static const struct {
	const char *text;
	enum audit_line_kind kind;
	int64_t ses;
	const char *host, *instance, *boot;
	int64_t time_us; /* -1: none */
} json_cases[] = {
    {"{\"ses\":42,\"host\":\"web-1\",\"time\":\"2026-11-22T06:22:40.123Z\"}", AUDIT_LINE_JSON, 42,
	"web-1", NULL, NULL, AT},
    {" {\"audit_session\":\"42\" , \"timestamp\" : 1795328560.123 } \r", AUDIT_LINE_JSON, 42, NULL,
	NULL, NULL, AT},
    {"{\"ses\":42,\"time\":1795328560123}", AUDIT_LINE_JSON, 42, NULL, NULL, NULL, AT},
    {"{\"ses\":42,\"time\":1795328560123000000}", AUDIT_LINE_JSON, 42, NULL, NULL, NULL, AT},
    {"{\"ses\":42,\"time\":\"soon\"}", AUDIT_LINE_JSON, 42, NULL, NULL, NULL, -1},
    /* journal */
    {"{\"__REALTIME_TIMESTAMP\":\"1795328560123000\",\"_AUDIT_SESSION\":\"42\","
     "\"_HOSTNAME\":\"web-1\",\"_BOOT_ID\":\"0123456789abcdef0123456789abcdef\","
     "\"MESSAGE\":\"x\",\"SES\":\"9\",\"NODE\":\"other\",\"ses\":\"7\"}",
	AUDIT_LINE_JSON, 42, "web-1", NULL, "0123456789abcdef0123456789abcdef", AT},
    {"{\"__REALTIME_TIMESTAMP\":\"1795328561000000\",\"_AUDIT_SESSION\":\"42\","
     "\"_SOURCE_REALTIME_TIMESTAMP\":\"1795328560123000\",\"MESSAGE\":[1,2,{\"ses\":9}]}",
	AUDIT_LINE_JSON, 42, NULL, NULL, NULL, AT},
    {"{\"__REALTIME_TIMESTAMP\":\"1795328560123000\",\"ses\":\"7\"}", AUDIT_LINE_JSON, NONE, NULL,
	NULL, NULL, AT},
    {"{\"_BOOT_ID\":\"0\",\"_AUDIT_SESSION\":[\"42\",\"43\"]}", AUDIT_LINE_JSON, NONE, NULL, NULL,
	"0", -1},
    /* auditbeat, filebeat */
    {"{\"@timestamp\":\"2026-11-22T06:22:40.123Z\",\"auditd\":{\"session\":\"42\",\"data\":"
     "{"
     "\"ses\":\"7\"}},\"host\":{\"name\":\"web-1\",\"id\":\"x\"},\"cloud\":{\"instance\":{"
     "\"id\":\"i-0123456789abcdef0\"}},\"process\":{\"args\":[\"ses\"]}}",
	AUDIT_LINE_JSON, 42, "web-1", "i-0123456789abcdef0", NULL, AT},
    {"{\"@timestamp\":\"2026-11-22T06:22:40.123Z\",\"auditd.log.ses\":\"42\","
     "\"auditd.log.node\":\"web-1\",\"host.name\":\"collector\"}",
	AUDIT_LINE_JSON, 42, "web-1", NULL, NULL, AT},
    {"{\"auditd\":{\"session\":\"unset\"}}", AUDIT_LINE_JSON, NONE, NULL, NULL, NULL, -1},
    /* LAUREL */
    {"{\"ID\":\"1795328560.123:456\",\"NODE\":\"web-1\",\"SYSCALL\":{\"auid\":1000,\"ses\":"
     "42,\"key\":null,\"ses\":42},\"EXECVE\":{\"argc\":2,\"ARGV\":[\"ses\",\"9\"],\"ENV\":{"
     "\"ses\":\"9\"}}}",
	AUDIT_LINE_JSON, 42, "web-1", NULL, NULL, AT},
    {"{\"ID\":\"1795328560.123:456\",\"USER_CMD\":[{\"pid\":1,\"ses\":42,\"cmd\":\"x\"}]}",
	AUDIT_LINE_JSON, 42, NULL, NULL, NULL, AT},
    /* said twice, differently */
    {"{\"ses\":42,\"ses\":43}", AUDIT_LINE_JSON, NONE, NULL, NULL, NULL, -1},
    {"{\"ses\":42,\"s\\u0065s\":43}", AUDIT_LINE_JSON, NONE, NULL, NULL, NULL, -1},
    {"{\"ses\":42,\"audit_session\":43}", AUDIT_LINE_JSON, NONE, NULL, NULL, NULL, -1},
    {"{\"ses\":42,\"host\":\"a\",\"host\":\"b\"}", AUDIT_LINE_JSON, NONE, "b", NULL, NULL, -1},
    /* two hosts, one of them perhaps a collector */
    {"{\"ses\":42,\"host\":\"collector\",\"hostname\":\"web-1\"}", AUDIT_LINE_JSON, NONE,
	"collector", NULL, NULL, -1},
    {"{\"ses\":42,\"host\":\"web-1\",\"hostname\":\"WEB-1.example.com\"}", AUDIT_LINE_JSON, 42,
	"web-1", NULL, NULL, -1},
    {"{\"USER_CMD\":[{\"ses\":42,\"ses\":99}]}", AUDIT_LINE_JSON, NONE, NULL, NULL, NULL, -1},
    {"{\"SYSCALL\":{\"ses\":42},\"USER_CMD\":[{\"ses\":99}]}", AUDIT_LINE_JSON, NONE, NULL, NULL,
	NULL, -1},
    {"{\"msg\":\"\\\"ses\\\":99\",\"a\":{\"ses\":99}}", AUDIT_LINE_JSON, NONE, NULL, NULL, NULL,
	-1},
    {"{\"ses\":4.2e1}", AUDIT_LINE_JSON, NONE, NULL, NULL, NULL, -1},
    {"{}", AUDIT_LINE_JSON, NONE, NULL, NULL, NULL, -1},
    /* not one whole object */
    {"{\"ses\":42", AUDIT_LINE_OTHER, NONE, NULL, NULL, NULL, -1},
    {"{\"ses\":42} x", AUDIT_LINE_OTHER, NONE, NULL, NULL, NULL, -1},
    {"{\"ses\":42}{\"ses\":43}", AUDIT_LINE_OTHER, NONE, NULL, NULL, NULL, -1},
    {"[{\"ses\":42}]", AUDIT_LINE_OTHER, NONE, NULL, NULL, NULL, -1},
    {"{ses:42}", AUDIT_LINE_OTHER, NONE, NULL, NULL, NULL, -1},
};

static void
test_json(void **state)
{
	struct buf scratch;

	(void)state;
	buf_init(&scratch, MAX);
	for (size_t i = 0; i < sizeof(json_cases) / sizeof(json_cases[0]); i++) {
		struct audit_line line = parse(json_cases[i].text, &scratch);

		if (line.kind != json_cases[i].kind || line.ses != json_cases[i].ses ||
		    line.has_time != (json_cases[i].time_us != -1))
			print_message("case %zu: %s\n", i, json_cases[i].text);
		assert_int_equal(line.kind, json_cases[i].kind);
		assert_int_equal(line.ses, json_cases[i].ses);
		check_span(line.host, json_cases[i].host);
		check_span(line.instance, json_cases[i].instance);
		check_span(line.boot_id, json_cases[i].boot);
		assert_int_equal(line.has_time, json_cases[i].time_us != -1);
		if (line.has_time)
			assert_int_equal(line.time_us, json_cases[i].time_us);
		if (line.kind == AUDIT_LINE_JSON)
			assert_int_equal(json_cases[i].text[line.close_at], '}');
	}
	buf_clear(&scratch);
}

static void
test_boot_notes(void **state)
{
	static const struct {
		const char *text;
		bool is_boot;
	} cases[] = {
	    {"type=SYSTEM_BOOT " RAW "pid=1 uid=0 auid=4294967295 ses=4294967295 msg=' comm=x'",
		true},
	    {"type=PROCTITLE " READABLE "proctitle=type=SYSTEM_BOOT", false},
	    {"{\"ID\":\"1.1:1\",\"SYSTEM_BOOT\":[{\"ses\":4294967295}]}", true},
	    {"{\"_BOOT_ID\":\"1\",\"SYSTEM_BOOT\":\"1\"}", false},
	};
	struct buf scratch;

	(void)state;
	buf_init(&scratch, MAX);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(parse(cases[i].text, &scratch).is_boot, cases[i].is_boot);
	buf_clear(&scratch);
}

static const struct annotation alice = {
    .session = {"00ff", 4},
    .verdict = "attributed",
    .person = {"al\"i\\c\ne\x1b", 9},
    .sure = "exact",
    .principal = {"arn:aws:iam::111122223333:user/alice", 36},
};

static void
test_words(void **state)
{
	struct annotation odd = {.session = SPAN("a b"), .verdict = "unattributed"};
	struct annotation several = {.verdict = "ambiguous"};
	struct buf out;

	(void)state;
	buf_init(&out, 1000);
	annotation_put_words(&out, &alice);
	assert_string_equal(buf_cstr(&out),
	    " logintrail_session=00ff logintrail_verdict=attributed "
	    "logintrail_person=\"al\\x22i\\x5cc\\x0ae\\x1b\" logintrail_sure=exact "
	    "logintrail_principal=\"arn:aws:iam::111122223333:user/alice\"");
	buf_reset(&out);
	annotation_put_words(&out, &odd);
	annotation_put_words(&out, &several);
	assert_string_equal(buf_cstr(&out),
	    " logintrail_session=\"a b\" logintrail_verdict=unattributed"
	    " logintrail_session=? logintrail_verdict=ambiguous");
	buf_clear(&out);
}

/* What is named as ours must not pass. */
static void
test_rename_text(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
	    {"", ""},
	    {"a0=\"logintrail\" exe=\"/usr/bin/logintrail\"",
		"a0=\"logintrail\" exe=\"/usr/bin/logintrail\""},
	    {"x logintrail_session=1 logintrail_person=\"root\"",
		"x logintrail_input_session=1 logintrail_input_person=\"root\""},
	    {"LoginTrail_Sure=exact", "LoginTrail_input_Sure=exact"},
	    {"logintrail_verdict=logintrail_principal=",
		"logintrail_input_verdict=logintrail_input_principal="},
	    {"logintrail_sur", "logintrail_sur"},
	    {"logintrail_input_person=", "logintrail_input_person="},
	    {"{\"logintrail\" :{}", "{\"logintrail_input\" :{}"},
	    {"loginlogintrail_sure=", "loginlogintrail_input_sure="},
	};
	struct buf out;

	(void)state;
	buf_init(&out, 1000);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span text = span_of(cases[i].text);
		bool renamed = false;

		buf_reset(&out);
		assert_int_equal(annotation_put_text(&out, text, text.len, &renamed), text.len);
		assert_string_equal(buf_cstr(&out), cases[i].want);
		assert_int_equal(renamed, strcmp(cases[i].text, cases[i].want) != 0);
	}
	buf_clear(&out);
}

/* The same however a long line is cut into pieces. */
static void
test_rename_pieces(void **state)
{
	static const char text[] =
	    "abc logintrail_session=1 xlogintrail\"   : {} logintrail_sure=x";
	struct buf whole, out;
	bool renamed = false;

	(void)state;
	buf_init(&whole, 1000);
	buf_init(&out, 1000);
	(void)annotation_put_text(&whole, span_of(text), sizeof(text) - 1, &renamed);
	for (size_t cut = 0; cut < sizeof(text); cut++) {
		struct span all = span_of(text);
		size_t used;

		buf_reset(&out);
		used = annotation_put_text(&out, all, cut, &renamed);
		assert_true(used >= cut);
		all = span_from(all, used);
		(void)annotation_put_text(&out, all, all.len, &renamed);
		assert_string_equal(buf_cstr(&out), buf_cstr(&whole));
	}
	buf_clear(&whole);
	buf_clear(&out);
}

static void
test_objects(void **state)
{
#define MEMBER                                                                                     \
	"\"logintrail\":{\"session\":\"00ff\",\"verdict\":\"attributed\",\"person\":"              \
	"\"al\\\"i\\\\c\\ne\\u001b\",\"sure\":\"exact\",\"principal\":"                            \
	"\"arn:aws:iam::111122223333:user/alice\"}"
	static const struct {
		const char *text, *with, *without;
	} cases[] = {
	    {"{}", "{" MEMBER "}", "{}"},
	    {" { \"ses\" : 1 } \t", " { \"ses\" : 1 ," MEMBER "} \t", " { \"ses\" : 1 } \t"},
	    {"{\"logintrail\":{\"person\":\"root\"},\"a\":1}",
		"{\"logintrail_input\":{\"person\":\"root\"},\"a\":1," MEMBER "}",
		"{\"logintrail_input\":{\"person\":\"root\"},\"a\":1}"},
	    {"{\"a\":{\"logintrail\":1},\"LOGINTRAIL\":2,\"login\\u0074rail\":3}",
		"{\"a\":{\"logintrail\":1},\"LOGINTRAIL_input\":2,\"login\\u0074rail_input\":"
		"3," MEMBER "}",
		"{\"a\":{\"logintrail\":1},\"LOGINTRAIL_input\":2,\"login\\u0074rail_input\":3}"},
	};
	struct buf out, scratch;

	(void)state;
	buf_init(&out, 1000);
	buf_init(&scratch, MAX);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span text = span_of(cases[i].text);
		struct audit_line line = parse(cases[i].text, &scratch);

		buf_reset(&out);
		annotation_put_object(&out, text, &line, &scratch, &alice);
		assert_string_equal(buf_cstr(&out), cases[i].with);
		buf_reset(&out);
		annotation_put_object(&out, text, &line, &scratch, NULL);
		assert_string_equal(buf_cstr(&out), cases[i].without);
	}
	buf_clear(&out);
	buf_clear(&scratch);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_text),
	    cmocka_unit_test(test_times),
	    cmocka_unit_test(test_json),
	    cmocka_unit_test(test_boot_notes),
	    cmocka_unit_test(test_words),
	    cmocka_unit_test(test_rename_text),
	    cmocka_unit_test(test_rename_pieces),
	    cmocka_unit_test(test_objects),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
