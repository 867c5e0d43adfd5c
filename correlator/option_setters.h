/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORRELATOR_OPTION_SETTERS_H
#define CORRELATOR_OPTION_SETTERS_H

#include "correlator/options.h"

/*
 * Private to option_table.c: options that are more than a value to keep. NULL, or what is wrong
 * with the value, which stays the caller's.
 */
typedef const char *option_setter(
    struct options *o, const struct option_rules *rules, const char *value);

option_setter option_set_logins;
option_setter option_set_events;
option_setter option_set_db;
option_setter option_set_profile;
option_setter option_set_region;
option_setter option_set_endpoint_url;
option_setter option_set_late;
option_setter option_set_expect_head;
option_setter option_set_identity_store;
option_setter option_set_instance;
option_setter option_set_time_zone;
option_setter option_set_year;
option_setter option_set_threads;
option_setter option_set_progress;
option_setter option_set_format;
option_setter option_set_output;
option_setter option_set_color;
option_setter option_set_fail_on;
option_setter option_set_ip;
option_setter option_set_fingerprint;
option_setter option_set_session;

#endif
