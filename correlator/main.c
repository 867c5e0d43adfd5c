/* SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>
#include <time.h>

#include "correlator/cli.h"

int
main(int argc, char **argv)
{
	int code;

	tzset();
	(void)signal(SIGPIPE, SIG_IGN); /* temporary files are removed before the process ends */
	code = cli_run(argc, argv, stdout, stderr);
	if (code == EXIT_CODE_PIPE) {
		(void)signal(SIGPIPE, SIG_DFL);
		(void)raise(SIGPIPE);
	}
	return code;
}
