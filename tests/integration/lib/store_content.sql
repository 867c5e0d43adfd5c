-- SPDX-License-Identifier: Apache-2.0
-- What a store holds, a line a row, without the numbers of rows: two stores of the same files have the
-- same lines, in whatever order these were read. Of the totals, 'numbers' are those of rows; coverage is
-- summed up in the order of reading, and is what reports are compared for.
PRAGMA temp_store=MEMORY;
CREATE TEMP TABLE origin AS
	SELECT 'login' AS kind, login_first AS first, id, role || ' ' || hex(place) AS name
		FROM sources WHERE login_count > 0
	UNION ALL SELECT 'push', push_first, id, role || ' ' || hex(place) FROM sources WHERE push_count > 0
	UNION ALL SELECT 'issue', issue_first, id, role || ' ' || hex(place) FROM sources WHERE issue_count > 0
	UNION ALL SELECT 'notice', notice_first, id, role || ' ' || hex(place) FROM sources WHERE notice_count > 0;
CREATE INDEX temp.origin_first ON origin(kind, first);
SELECT 'total', name, hex(value) FROM totals WHERE name NOT IN ('coverage', 'numbers');
SELECT 'input', role, hex(uri) FROM inputs;
SELECT 'source', role, hex(place), hex(path), size, changed_ns, whole, hex(counts), hex(coverage),
	login_count, push_count, issue_count, notice_count FROM sources;
SELECT 'message', s.role, hex(s.place), is_error, hex(text)
	FROM messages m LEFT JOIN sources s ON s.id = m.source;
SELECT 'text', hex(s.place), hex(t.place), x.changed_us, x.size, hex(x.deflated)
	FROM texts x LEFT JOIN sources s ON s.id = x.source LEFT JOIN sources t ON t.id = x.set_id;
SELECT 'changed set', hex(s.place) FROM changed_sets c LEFT JOIN sources s ON s.id = c.set_id;
SELECT 'caller', mark, first_us, last_us, console, hex(body) FROM callers;
SELECT 'push', (SELECT name FROM origin WHERE kind = 'push' AND first <= p.id ORDER BY first DESC LIMIT 1),
	time, key, instance, address, event, replaces, request, p.console, hex(c.body), hex(p.body)
	FROM pushes p LEFT JOIN callers c ON c.id = p.caller;
SELECT 'issue', (SELECT name FROM origin WHERE kind = 'issue' AND first <= i.id ORDER BY first DESC LIMIT 1),
	time, event, replaces, hex(c.body), hex(i.body) FROM issues i LEFT JOIN callers c ON c.id = i.caller;
SELECT 'issue key', key, hex(i.body) FROM issue_keys k LEFT JOIN issues i ON i.id = k.id >> 5;
SELECT 'caller key', key, hex(c.body) FROM caller_keys k LEFT JOIN callers c ON c.id = k.id >> 5;
SELECT 'issue mention', m.mark, hex(i.body) FROM issue_mentions m LEFT JOIN issues i ON i.id = m.id >> 5;
SELECT 'caller mention', m.mark, hex(c.body) FROM caller_mentions m LEFT JOIN callers c ON c.id = m.id >> 5;
SELECT 'login', (SELECT name FROM origin WHERE kind = 'login' AND first <= l.id ORDER BY first DESC LIMIT 1),
	time, kind, source, session, instance, host, key, address, hex(body) FROM logins l;
SELECT 'login key', k.key, k.time, hex(l.body) FROM login_keys k
	LEFT JOIN logins l ON l.id = k.id >> 5;
SELECT 'notice', (SELECT name FROM origin WHERE kind = 'notice' AND first <= n.id ORDER BY first DESC LIMIT 1),
	time, instance, host, hex(body) FROM notices n;
