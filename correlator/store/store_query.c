/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/store/store_query.h"

#include "pam_module/login_record.h"

#define ISSUE "SELECT id, time, event, caller, body FROM issues WHERE "
#define PUSH  "SELECT id, time, key, instance, event, caller, body FROM pushes WHERE "
#define LOGIN "SELECT id, time, kind, session, instance, host, body FROM logins WHERE "
#define STAY  "SELECT id, kind, time, session, rest, source FROM logins WHERE "

/* Partial indexes are only taken where the query says what they are about. */
static const char *const queries[STORE_QUERIES] = {
    [QUERY_ALL_LOGINS] = "SELECT body FROM logins ORDER BY id",
    [QUERY_ALL_PUSHES] = "SELECT p.body, c.body FROM pushes p"
			 " CROSS JOIN callers c ON c.id=p.caller ORDER BY p.id",
    [QUERY_ALL_NOTICES] = "SELECT body FROM notices ORDER BY id",
    [QUERY_TOTAL] = "SELECT value FROM totals WHERE name=?1",
    [QUERY_ISSUES_OF_KEY] = "SELECT id>>5 FROM issue_keys WHERE key=?1",
    [QUERY_ISSUES_OF_CALLER] = "SELECT id FROM issues WHERE caller=?1 AND time BETWEEN ?2 AND ?3",
    [QUERY_ISSUES_REPLACING] = "SELECT id FROM issues WHERE replaces=?1 AND replaces<>0",
    [QUERY_ISSUE] = ISSUE "id=?1",
    [QUERY_KEYS_OF_ISSUE] = "SELECT key FROM issue_keys WHERE id BETWEEN ?1*32 AND ?1*32+31",
    [QUERY_ALL_ISSUE_KEYS] = "SELECT key, id>>5 FROM issue_keys ORDER BY key",
    [QUERY_CALLER] = "SELECT first_us, last_us, console, body FROM callers WHERE id=?1",
    [QUERY_CALLERS_OF_KEY] = "SELECT id>>5 FROM caller_keys WHERE key=?1",
    [QUERY_CALLERS_MENTIONING] = "SELECT id>>5 FROM caller_mentions WHERE mark IN (?1, 0)",
    [QUERY_ISSUES_MENTIONING] = "SELECT id>>5 FROM issue_mentions WHERE mark IN (?1, 0)",
    [QUERY_PUSHES_OF_KEY_THERE] =
	PUSH "key=?1 AND key<>0 AND instance=?4 AND time BETWEEN ?2 AND ?3",
    [QUERY_PUSHES_OF_KEY_ELSEWHERE] = PUSH "key=?1 AND key<>0 AND instance<>?2 AND time<=?3",
    [QUERY_PUSHES_OF_KEY] = PUSH "key=?1 AND key<>0 AND time BETWEEN ?2 AND ?3",
    [QUERY_PUSHES_OF_INSTANCE] =
	PUSH "instance=?1 AND instance<>0 AND time BETWEEN ?2 AND ?3 ORDER BY time",
    [QUERY_PUSHES_OF_REQUEST] = PUSH "request=?1 AND request<>0",
    [QUERY_PUSHES_OF_CALLER] = PUSH "caller=?1 AND time BETWEEN ?2 AND ?3",
    [QUERY_PUSHES_FROM_ADDRESS] = PUSH "address=?1 AND address<>0",
    [QUERY_PUSHES_REPLACING] = PUSH "replaces=?1 AND replaces<>0",
    [QUERY_LOGIN] = LOGIN "id=?1",
    [QUERY_BODIES] =
	"SELECT a.body, b.body FROM logins a CROSS JOIN logins b WHERE a.id=?1 AND b.id=?2",
    [QUERY_LOGINS_OF_SESSION] = LOGIN "session BETWEEN ?1 AND ?2",
    [QUERY_OPENS_OF_INSTANCE] =
	LOGIN "instance=?1 AND instance<>0 AND kind=0 AND time BETWEEN ?2 AND ?3",
    [QUERY_OPENS_OF_HOST] = LOGIN "host=?1 AND host<>0 AND kind=0 AND time BETWEEN ?2 AND ?3",
    [QUERY_OPENS_OF_KEY] = LOGIN "key=?1 AND key<>0 AND time BETWEEN ?2 AND ?3",
    [QUERY_OPENS_OF_LATER_KEY] =
	LOGIN "id IN (SELECT id>>5 FROM login_keys WHERE key=?1 AND time BETWEEN ?2 AND ?3)",
    [QUERY_OPENS_FROM_ADDRESS] =
	LOGIN "address=?1 AND address<>0 AND kind=0 AND time BETWEEN ?2 AND ?3",
    [QUERY_OPENS_IN_TIME] = LOGIN "kind=0 AND time BETWEEN ?1 AND ?2",
    [QUERY_STAYS_OF_INSTANCE] = STAY "instance=?1 AND instance<>0 AND kind IN (0, 1) AND time<=?2",
    [QUERY_STAYS_OF_HOST] = STAY "host=?1 AND host<>0 AND kind IN (0, 1) AND time<=?2",
    [QUERY_STAYS] = "SELECT id, kind, time, session, rest, source, instance FROM logins"
		    " WHERE kind IN (0, 1) AND time<=?1",
    [QUERY_CLOSES_OF_SESSION] =
	"SELECT time, instance, source, id FROM logins WHERE session=?1 AND kind=1",
    [QUERY_SIGNERS_AT] = LOGIN "session=?1 AND kind=3 AND time BETWEEN ?2 AND ?3",
    [QUERY_SIGNERS_BEFORE] = LOGIN "session=?1 AND kind=3 AND time<?2 ORDER BY time DESC",
    [QUERY_SIGNERS_BEHIND] = LOGIN "session=?1 AND kind=3 AND time>?2 ORDER BY time",
    [QUERY_NOTICES_OF_INSTANCE] = "SELECT id, body FROM notices"
				  " WHERE instance=?1 AND instance<>0 AND time BETWEEN ?2 AND ?3",
    [QUERY_NOTICES_OF_HOST] = "SELECT id, body FROM notices"
			      " WHERE host=?1 AND host<>0 AND time BETWEEN ?2 AND ?3",
    [QUERY_ANY_SET] = "SELECT 1 FROM sources WHERE role=2 LIMIT 1",
    [QUERY_ANY_NOTICE] = "SELECT 1 FROM notices LIMIT 1",
    [QUERY_ANY_PUSH_REPLACING] = "SELECT 1 FROM pushes WHERE replaces<>0 LIMIT 1",
    [QUERY_ANY_ISSUE_REPLACING] = "SELECT 1 FROM issues WHERE replaces<>0 LIMIT 1",
};

_Static_assert(STORE_QUERIES <= STORE_READ_STATEMENTS, "each has a place of its own");
_Static_assert(
    LOGIN_RECORD_OPEN == 0 && LOGIN_RECORD_CLOSE == 1 && LOGIN_RECORD_SIGNER == 3, "kinds above");

sqlite3_stmt *
store_query(struct store *s, enum store_query query, int64_t a, int64_t b, int64_t c)
{
	sqlite3_stmt *statement = store_prepared(s, &s->read[query], queries[query]);
	const int64_t numbers[] = {a, b, c};

	for (int i = 0; statement != NULL && i < 3 && i < sqlite3_bind_parameter_count(statement);
	     i++)
		(void)sqlite3_bind_int64(statement, i + 1, numbers[i]);
	return statement;
}

int
store_query_any(struct store *s, enum store_query query, int64_t a, bool *any)
{
	sqlite3_stmt *statement = store_query(s, query, a, 0, 0);
	int r = statement != NULL ? store_step(s, statement) : -1;

	*any = r == 1;
	if (r == 1)
		(void)sqlite3_reset(statement);
	return r < 0 ? -1 : 0;
}
