/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/commands/ingest_files.h"
#include "correlator/option_values.h"

static void
put_text(struct buf *out, const char *name, const char *value)
{
	if (value != NULL)
		buf_printf(out, "%s=%s\n", name, value);
}

static void
put_number(struct buf *out, const char *name, int64_t value)
{
	if (value != OPTION_NUMBER_UNSET)
		buf_printf(out, "%s=%lld\n", name, (long long)value);
}

void
ingest_options_put(struct buf *out, const struct options *o, const struct instance_map *map)
{
	put_text(out, "instance", o->instance);
	put_text(out, "time-zone", o->time_zone);
	put_number(out, "year", o->year);
	put_number(out, "eic-uid", o->eic_uid);
	buf_putc(out, '\n');
	buf_put_span(out, buf_span(&map->text));
}

static int
get_option(struct syslog_options *o, struct span name, struct span value, struct buf *zone)
{
	int64_t number = 0;

	if (span_is(name, "instance")) {
		o->instance = value;
	} else if (span_is(name, "time-zone")) {
		buf_reset(zone);
		buf_put_span(zone, value);
		o->time_zone = buf_cstr(zone);
	} else if (!option_value_number(value, &number)) {
		return -1;
	} else if (span_is(name, "year") && number <= 9999) {
		o->year = (int)number;
	} else if (span_is(name, "eic-uid")) {
		o->eic_uid = number;
	} else {
		return -1;
	}
	return zone->failed ? -1 : 0;
}

int
ingest_options_get(
    struct span text, struct syslog_options *o, struct instance_map *map, struct buf *time_zone)
{
	struct span line, name;
	size_t wrong;

	o->eic_uid = OPTION_NUMBER_UNSET;
	while (span_cut(&text, '\n', &line) && line.len != 0)
		if (!span_cut(&line, '=', &name) || get_option(o, name, line, time_zone) != 0)
			return -1;
	if (text.len == 0)
		return 0;
	o->map = map;
	return instance_map_add(map, text, &wrong) == 0 ? 0 : -1;
}
