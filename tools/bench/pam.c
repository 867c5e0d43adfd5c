/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pam DIRECTORY ROUNDS USER KEY-FILE SERVICE...: opens and closes a session of each service, as
 *sshd does for a login with that public key, one after the other in each round. For each service
 *one line on standard output, microseconds:
 *
 *	SERVICE OPEN-MEDIAN OPEN-P99 CLOSE-MEDIAN CLOSE-P99 BOTH-MEDIAN BOTH-P99
 *
 * The services' files stand in the directory (pam_start_confdir). Exits with 1 when a session
 *fails.
 */
#include <security/pam_appl.h>
#include <stdbool.h>

#define WARM_UP 3 /* rounds that do not count */

/* The times of one service, by round. */
struct times {
	const char *service;
	double *open, *close, *both;
};

struct login {
	const char *directory, *user;
	char auth_info[4096];
};

static double
clock_us(void)
{
	struct timespec t = {0};

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int
no_conversation(
    int count, const struct pam_message **messages, struct pam_response **responses, void *data)
{
	(void)count;
	(void)messages;
	(void)responses;
	(void)data;
	return PAM_CONV_ERR;
}

static int
set_login(pam_handle_t *pamh, const struct login *login)
{
	int r = pam_set_item(pamh, PAM_TTY, "ssh");

	if (r == PAM_SUCCESS)
		r = pam_set_item(pamh, PAM_RHOST, "203.0.113.7");
	if (r == PAM_SUCCESS)
		r = pam_putenv(pamh, "SSH_CONNECTION=203.0.113.7 51514 198.51.100.5 22");
	return r == PAM_SUCCESS ? pam_putenv(pamh, login->auth_info) : r;
}

static bool
run_session(const struct login *login, struct times *t, int round)
{
	struct pam_conv conversation = {.conv = no_conversation};
	double begin = 0, opened = 0, closed = 0;
	pam_handle_t *pamh = NULL;
	int r;

	r = pam_start_confdir(t->service, login->user, &conversation, login->directory, &pamh);
	if (r == PAM_SUCCESS)
		r = set_login(pamh, login);
	begin = clock_us();
	if (r == PAM_SUCCESS)
		r = pam_open_session(pamh, 0);
	opened = clock_us();
	if (r == PAM_SUCCESS)
		r = pam_close_session(pamh, PAM_SILENT);
	closed = clock_us();
	if (r != PAM_SUCCESS)
		fprintf(stderr, "pam: %s: %s\n", t->service, pam_strerror(pamh, r));
	if (pamh != NULL)
		pam_end(pamh, r);
	if (round >= 0) {
		t->open[round] = opened - begin;
		t->close[round] = closed - opened;
		t->both[round] = closed - begin;
	}
	return r == PAM_SUCCESS;
}

static int
compare(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void
print_times(double *times, int rounds)
{
	qsort(times, (size_t)rounds, sizeof(*times), compare);
	printf(" %.0f %.0f", times[rounds / 2], times[rounds - 1 - rounds / 100]);
}

/* SSH_AUTH_INFO_0 of a login with the key; its comment is not part of it. */
static bool
read_key(const char *path, struct login *login)
{
	FILE *file = fopen(path, "re");
	char type[64] = "", key[3000] = "";
	int n;

	if (file == NULL)
		return false;
	n = fscanf(file, "%63s %2999s", type, key);
	fclose(file);
	(void)snprintf(login->auth_info, sizeof(login->auth_info),
	    "SSH_AUTH_INFO_0=publickey %s %s\n", type, key);
	return n == 2;
}

static bool
run_rounds(const struct login *login, struct times *services, int count, int rounds)
{
	for (int round = -WARM_UP; round < rounds; round++)
		for (int i = 0; i < count; i++)
			if (!run_session(login, &services[i], round))
				return false;
	for (int i = 0; i < count; i++) {
		printf("%s", services[i].service);
		print_times(services[i].open, rounds);
		print_times(services[i].close, rounds);
		print_times(services[i].both, rounds);
		printf("\n");
	}
	return true;
}

static double *
new_times(int rounds)
{
	double *times = calloc((size_t)rounds, sizeof(*times));

	if (times == NULL)
		abort();
	return times;
}

int
main(int argc, char **argv)
{
	int rounds = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 0, count = argc - 5;
	struct login login;
	struct times services[16];
	bool ok;

	if (count < 1 || count > 16 || rounds < 1 || rounds > 1000000) {
		fputs("usage: pam DIRECTORY ROUNDS USER KEY-FILE SERVICE...\n", stderr);
		return 2;
	}
	login = (struct login){.directory = argv[1], .user = argv[3]};
	if (!read_key(argv[4], &login)) {
		fprintf(stderr, "pam: no public key in %s\n", argv[4]);
		return 2;
	}
	for (int i = 0; i < count; i++)
		services[i] = (struct times){
		    argv[5 + i], new_times(rounds), new_times(rounds), new_times(rounds)};
	ok = run_rounds(&login, services, count, rounds);
	for (int i = 0; i < count; i++) {
		free(services[i].open);
		free(services[i].close);
		free(services[i].both);
	}
	return ok ? 0 : 1;
}
