/* SPDX-License-Identifier: Apache-2.0 */
#include "common/version.h"

const char logintrail_commit[] = LOGINTRAIL_COMMIT;
