/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/store/store_schema.h"

#include <stddef.h>

/*
 * Times are microseconds since 1970. key, instance, host, address, event, request, mark: numbers of
 * store_mark.h, 0 for none. body: store_record.h.
 */
static const char version_1[] =
    /* name: 'counts' (of all sources), 'coverage' (the same), 'pruned' (a time) */
    "CREATE TABLE totals(name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE inputs(id INTEGER PRIMARY KEY, role INTEGER NOT NULL, uri BLOB NOT NULL,"
    " UNIQUE(role, uri));"
    /* role: 0 logins, 1 events, 2 a set of sshd's logs (place: its options). whole: 1 read as a
     * whole. The rows of a source lie side by side: its first of each table and how many. */
    "CREATE TABLE sources(id INTEGER PRIMARY KEY, role INTEGER NOT NULL, place BLOB NOT NULL,"
    " path BLOB NOT NULL, size INTEGER NOT NULL, changed_ns INTEGER NOT NULL,"
    " whole INTEGER NOT NULL, counts BLOB NOT NULL, coverage BLOB NOT NULL,"
    " login_first INTEGER NOT NULL, login_count INTEGER NOT NULL,"
    " push_first INTEGER NOT NULL, push_count INTEGER NOT NULL,"
    " issue_first INTEGER NOT NULL, issue_count INTEGER NOT NULL,"
    " notice_first INTEGER NOT NULL, notice_count INTEGER NOT NULL,"
    " UNIQUE(role, place));"
    "CREATE TABLE messages(id INTEGER PRIMARY KEY, source INTEGER NOT NULL,"
    " is_error INTEGER NOT NULL, text BLOB NOT NULL);"
    "CREATE INDEX messages_source ON messages(source);"
    /* Logs of sshd: the files' texts, compressed (raw DEFLATE), and the sets that are to be put
     * together anew. set_id: the source that the set is. */
    "CREATE TABLE texts(source INTEGER PRIMARY KEY, set_id INTEGER NOT NULL,"
    " changed_us INTEGER NOT NULL, size INTEGER NOT NULL, deflated BLOB NOT NULL);"
    "CREATE INDEX texts_set ON texts(set_id);"
    "CREATE TABLE changed_sets(set_id INTEGER PRIMARY KEY);"
    /* Who called, each different identity once. mark: the hour of its creation and a hash
     * (store_row.c). Of its pushes: the first and last (first_us is above last_us when there are
     * none), and whether one was made from the console. */
    "CREATE TABLE callers(id INTEGER PRIMARY KEY, mark INTEGER NOT NULL,"
    " first_us INTEGER NOT NULL, last_us INTEGER NOT NULL, console INTEGER NOT NULL,"
    " body BLOB NOT NULL);"
    "CREATE INDEX callers_mark ON callers(mark);"
    "CREATE TABLE pushes(id INTEGER PRIMARY KEY, time INTEGER NOT NULL, key INTEGER NOT NULL,"
    " instance INTEGER NOT NULL, address INTEGER NOT NULL, event INTEGER NOT NULL,"
    " replaces INTEGER NOT NULL, request INTEGER NOT NULL, caller INTEGER NOT NULL,"
    " console INTEGER NOT NULL, body BLOB NOT NULL);"
    "CREATE TABLE issues(id INTEGER PRIMARY KEY, time INTEGER NOT NULL, event INTEGER NOT NULL,"
    " replaces INTEGER NOT NULL, caller INTEGER NOT NULL, body BLOB NOT NULL);"
    /* In the next five, id is that of the row spoken of times 32, and a number below 32. */
    /* What an issuing event is found by (events/issue_keys.h). */
    "CREATE TABLE issue_keys(id INTEGER PRIMARY KEY, key INTEGER NOT NULL);"
    /* What a caller asks for (people/issue_asks.h): the same, seen from the other side. */
    "CREATE TABLE caller_keys(id INTEGER PRIMARY KEY, key INTEGER NOT NULL);"
    /* What identities a row speaks of, in lower case (store_mention.h). */
    "CREATE TABLE issue_mentions(id INTEGER PRIMARY KEY, mark INTEGER NOT NULL);"
    "CREATE TABLE caller_mentions(id INTEGER PRIMARY KEY, mark INTEGER NOT NULL);"
    /* Keys of the steps of authentication behind the one in logins.key. */
    "CREATE TABLE login_keys(id INTEGER PRIMARY KEY, key INTEGER NOT NULL,"
    " time INTEGER NOT NULL);"
    /* Records of logins; kind: enum login_record_kind; source: 0 the module's, 1 of syslog, 2 of
     * the journal. session: of a signer, the mark of its digest. rest: with session the whole id,
     * 0 where it is not of the usual form. instance, host: of a close that
     * names none, those of the open before it in the same source, if that was not long ago. key: of
     * the first step of authentication with a key. */
    "CREATE TABLE logins(id INTEGER PRIMARY KEY, time INTEGER NOT NULL, kind INTEGER NOT NULL,"
    " source INTEGER NOT NULL, session INTEGER NOT NULL, rest INTEGER NOT NULL,"
    " instance INTEGER NOT NULL, host INTEGER NOT NULL, key INTEGER NOT NULL, address INTEGER NOT "
    "NULL,"
    " body BLOB NOT NULL);"
    /* Lines of EC2 Instance Connect's own script. */
    "CREATE TABLE notices(id INTEGER PRIMARY KEY, time INTEGER NOT NULL,"
    " instance INTEGER NOT NULL, host INTEGER NOT NULL, body BLOB NOT NULL);";

/* Names, and what of. Rows without the text in question are in no index. */
#define INDEXES(X)                                                                                 \
	X("caller_keys_key", "caller_keys(key)")                                                   \
	X("caller_mentions_mark", "caller_mentions(mark)")                                         \
	X("pushes_key", "pushes(key, instance, time) WHERE key<>0")                                \
	X("pushes_instance", "pushes(instance, time) WHERE instance<>0")                           \
	X("pushes_address", "pushes(address) WHERE address<>0")                                    \
	X("pushes_replaces", "pushes(replaces) WHERE replaces<>0")                                 \
	X("pushes_request", "pushes(request) WHERE request<>0")                                    \
	X("pushes_caller", "pushes(caller, time, console)")                                        \
	X("issues_caller", "issues(caller, time)")                                                 \
	X("issues_replaces", "issues(replaces) WHERE replaces<>0")                                 \
	X("issue_keys_key", "issue_keys(key)")                                                     \
	X("issue_mentions_mark", "issue_mentions(mark)")                                           \
	X("logins_key", "logins(key, time) WHERE key<>0")                                          \
	X("logins_session", "logins(session, time, kind, source)")                                 \
	X("logins_instance",                                                                       \
	    "logins(instance, kind, time, session, rest, source) WHERE instance<>0")               \
	X("logins_host", "logins(host, kind, time, session, rest, source) WHERE host<>0")          \
	X("logins_address", "logins(address, time) WHERE address<>0")                              \
	X("logins_time", "logins(time) WHERE kind=0")                                              \
	X("login_keys_key", "login_keys(key, time)")                                               \
	X("notices_instance", "notices(instance, time) WHERE instance<>0")                         \
	X("notices_host", "notices(host, time) WHERE host<>0")

#define MAKE(name, of) "CREATE INDEX IF NOT EXISTS " name " ON " of ";"
#define DROP(name, of) "DROP INDEX IF EXISTS " name ";"

static const char make_indexes[] = INDEXES(MAKE);
static const char drop_indexes[] = INDEXES(DROP);

const char *
store_schema_step(int to)
{
	return to == 1 ? version_1 : NULL;
}

const char *
store_schema_file(void)
{
	return "PRAGMA page_size=8192";
}

const char *
store_schema_indexes(void)
{
	return make_indexes;
}

const char *
store_schema_no_indexes(void)
{
	return drop_indexes;
}
