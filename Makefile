# SPDX-License-Identifier: Apache-2.0
#
# make                build/: logintrail, pam_logintrail.so, logintrail-record, -receipt, -host
# make demo           install what it needs, build, log in for real, report
# make test           unit and integration tests
# make install        PREFIX, DESTDIR, PAMDIR, LIBEXECDIR, SBINDIR, SYSCONFDIR, UNITDIR, LOGDIR count
# make bench fuzz lint clean uninstall
#
# DEVELOPER=1 makes warnings errors; SAN=1 builds with ASan and UBSan into build/san; V=1 shows the
# commands; CC=clang works.

VERSION    := 0.1.0
PREFIX     ?= /usr/local
BINDIR     ?= $(PREFIX)/bin
SBINDIR    ?= $(PREFIX)/sbin
SYSCONFDIR ?= /etc
LIBEXECDIR ?= $(PREFIX)/libexec/logintrail
MANDIR     ?= $(PREFIX)/share/man
UNITDIR    ?= $(PREFIX)/lib/systemd/system
PAMDIR     ?= $(shell tools/pam-dir)
LOGDIR     ?= /var/log/logintrail
CC         ?= cc
CLANG      ?= clang
INSTALL    ?= install

SAN ?=
BUILD ?= $(if $(SAN),build/san,build)

CFLAGS    ?= -O2 -g
WARNINGS  := -Wall -Wextra -Wcast-qual -Wmissing-prototypes -Wshadow -Wstrict-prototypes -Wundef \
	-Wwrite-strings -Wvla -Wpointer-arith -Wformat=2 -Wold-style-definition
HARDENING := -fstack-protector-strong -fPIC $(if $(SAN),,-D_FORTIFY_SOURCE=2)
ALL_CFLAGS = -std=gnu11 -I. $(CFLAGS) $(WARNINGS) $(HARDENING) -fvisibility=hidden \
	-D_GNU_SOURCE -include common/banned.h -MMD -MP \
	-DLOGINTRAIL_VERSION='"$(VERSION)"' \
	$(if $(DEVELOPER),-Werror) \
	$(if $(SAN),-fsanitize=address -fsanitize=undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
ALL_LDFLAGS = $(LDFLAGS) -Wl,-z,relro,-z,now $(if $(SAN),-fsanitize=address -fsanitize=undefined)
COMMIT    := $(shell git rev-parse --short HEAD 2>/dev/null || echo unknown)

Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-4s %s\n' '$(1)' '$(2)')

# What is where -----------------------------------------------------------------------------------
objects = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))

COMMON_SRC     := $(wildcard common/*.c)
HOST_MAIN      := pam_module/pam_logintrail.c pam_module/recorder.c pam_module/receipt.c
# Only logintrail-receipt needs libcurl.
RECEIPT_SRC    := pam_module/receipt.c pam_module/receipt_metadata.c
HOST_SRC       := $(filter-out $(HOST_MAIN) $(RECEIPT_SRC),$(wildcard pam_module/*.c))
CORRELATOR_SRC := $(filter-out correlator/main.c,$(wildcard correlator/*.c correlator/*/*.c))
CORPUS_SRC     := $(wildcard tools/corpus/*.c)
BENCH_SRC      := $(wildcard tools/bench/*.c)
TOOLS_HOST_SRC := $(wildcard tools/host/*.c)
AWS_SRC        := $(wildcard correlator/aws/*.c)
UNIT_SRC       := $(wildcard tests/unit/test_*.c)
DRIVER_SRC     := $(wildcard tests/drivers/*.c)
FUZZ_SRC       := $(wildcard tests/fuzz/fuzz_*.c)

COMMON_OBJ     := $(call objects,$(COMMON_SRC))
HOST_OBJ       := $(call objects,$(HOST_SRC))
CORRELATOR_OBJ := $(call objects,$(CORRELATOR_SRC))
CORPUS_OBJ     := $(call objects,$(CORPUS_SRC))
# logintrail-host without its main, for the tests too.
TOOLS_HOST_OBJ := $(call objects,$(filter-out tools/host/main.c,$(TOOLS_HOST_SRC)) \
	pam_module/receipt_metadata.c)

HOST_LIBS       := -lcjson -lcrypto
CORRELATOR_LIBS := -lcjson -ldeflate -lz -lsqlite3 -lcurl -lexpat -lcrypto -lpthread

PROGRAMS := $(if $(wildcard correlator/main.c),$(BUILD)/logintrail) \
	$(if $(wildcard pam_module/pam_logintrail.c),$(BUILD)/pam_logintrail.so) \
	$(if $(TOOLS_HOST_SRC),$(BUILD)/logintrail-host) \
	$(if $(wildcard pam_module/recorder.c),$(BUILD)/logintrail-record) \
	$(if $(wildcard pam_module/receipt.c),$(BUILD)/logintrail-receipt \
	$(BUILD)/logintrail-receipt-check.so)
TOOLS := $(if $(CORPUS_SRC),$(BUILD)/logintrail-corpus) \
	$(patsubst tools/bench/%.c,$(BUILD)/bench/%,$(BENCH_SRC)) \
	$(patsubst tests/drivers/%.c,$(BUILD)/drivers/%,$(DRIVER_SRC))
UNIT_TESTS := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(UNIT_SRC)) \
	$(BUILD)/tests/test_fault_calls $(BUILD)/tests/test_fault_injection

.PHONY: all tools demo test unit unit-build integration FORCE install uninstall bench fuzz lint clean
.DELETE_ON_ERROR:
.SECONDARY:

all: $(PROGRAMS)
tools: $(TOOLS)

# Only what says the commit is built again for another one.
common_version_CFLAGS = -DLOGINTRAIL_COMMIT='"$(COMMIT)"'
$(BUILD)/obj/common/version.o: $(BUILD)/commit
$(BUILD)/commit: FORCE
	@mkdir -p $(@D)
	@echo '$(COMMIT)' | cmp -s - $@ || echo '$(COMMIT)' >$@
FORCE:

# How it is built ---------------------------------------------------------------------------------
$(BUILD)/obj/%.o: %.c
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $($(subst /,_,$(<:.c=))_CFLAGS) -c -o $@ $<

$(BUILD)/logintrail: $(BUILD)/obj/correlator/main.o $(CORRELATOR_OBJ) $(HOST_OBJ) $(COMMON_OBJ)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -pie -o $@ $^ $(CORRELATOR_LIBS) $(LDLIBS)

# What of the host's objects the recorder needs, the linker picks. Of libcrypto that is SHA-256 and
# base64 alone, some 30 KiB, which are linked in where libcrypto.a is there: loading libcrypto.so takes
# longer than all that the recorder does (docs/BENCHMARKS.md). CRYPTO_ARCHIVE= loads it all the same.
$(BUILD)/libhost.a: $(HOST_OBJ) $(COMMON_OBJ)
	$(Q)rm -f $@ && ar rcs $@ $^

CRYPTO_ARCHIVE ?= $(filter /%,$(shell $(CC) -print-file-name=libcrypto.a))
$(BUILD)/logintrail-record: $(BUILD)/obj/pam_module/recorder.o $(BUILD)/libhost.a
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -pie -Wl,--gc-sections -Wl,--as-needed -o $@ $^ \
		$(or $(CRYPTO_ARCHIVE),-lcrypto) $(LDLIBS)

# Loaded by the recorder when it is to expose a verified principal.
$(BUILD)/logintrail-receipt-check.so: $(BUILD)/obj/pam_module/receipt_principal.o $(BUILD)/libhost.a
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -shared $(if $(SAN),,-Wl,-z,defs) -o $@ $^ -lcrypto $(LDLIBS)

$(BUILD)/logintrail-receipt: $(call objects,$(RECEIPT_SRC)) $(HOST_OBJ) $(COMMON_OBJ)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -pie -Wl,--gc-sections -Wl,--as-needed -o $@ $^ -lcurl \
		$(HOST_LIBS) $(LDLIBS)

tools_host_main_CFLAGS = -DDEFAULT_LOG='"$(LOGDIR)/logins.jsonl"'
$(BUILD)/logintrail-host: $(BUILD)/obj/tools/host/main.o $(TOOLS_HOST_OBJ) $(call objects,$(AWS_SRC)) \
		$(HOST_OBJ) $(COMMON_OBJ)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -pie -Wl,--gc-sections -Wl,--as-needed -o $@ $^ -lcurl -lexpat -lz \
		-lpthread $(HOST_LIBS) $(LDLIBS)

pam_module_pam_logintrail_CFLAGS = -DRECORDER_PATH='"$(LIBEXECDIR)/logintrail-record"' \
	-DDEFAULT_LOG='"$(LOGDIR)/logins.jsonl"'
MODULE_OBJ := $(call objects,pam_module/pam_logintrail.c pam_module/recorder_call.c \
	pam_module/recorder_child.c)
$(BUILD)/pam_logintrail.so: $(MODULE_OBJ) pam_module/pam_logintrail.map
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -shared -Wl,--version-script=pam_module/pam_logintrail.map \
		$(if $(SAN),,-Wl,-z,defs) -o $@ $(filter %.o,$^) -lpam $(LDLIBS)

$(BUILD)/logintrail-corpus: $(CORPUS_OBJ) $(COMMON_OBJ) $(HOST_OBJ)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -pie -o $@ $^ $(CORRELATOR_LIBS) $(LDLIBS)

$(BUILD)/bench/%: $(BUILD)/obj/tools/bench/%.o $(BUILD)/liball.a
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_LDFLAGS) -pie -o $@ $^ $(CORRELATOR_LIBS) -lpam $(LDLIBS)

# What integration tests ask when they compare a part of the correlator with another program's.
$(BUILD)/drivers/%: $(BUILD)/obj/tests/drivers/%.o $(BUILD)/liball.a
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_LDFLAGS) -pie -o $@ $^ $(CORRELATOR_LIBS) $(LDLIBS)

# Everything but the mains, for the tests to link against.
$(BUILD)/liball.a: $(COMMON_OBJ) $(HOST_OBJ) $(CORRELATOR_OBJ) $(TOOLS_HOST_OBJ)
	$(call say,AR,$@)
	$(Q)rm -f $@ && ar rcs $@ $^

$(BUILD)/tests/%: $(BUILD)/obj/tests/unit/%.o $(BUILD)/liball.a
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_LDFLAGS) -pie -o $@ $< $(BUILD)/liball.a $($(*)_LDFLAGS) -lcmocka \
		$(CORRELATOR_LIBS) -lpam $(LDLIBS)

# Fault injection: the objects of the module and of the recorder, as they are shipped, in one, its
# calls wrapped. What of them the recorder needs, the linker picks.
FAULT_OBJ  := $(call objects,$(filter-out tests/fault/test_%,$(wildcard tests/fault/*.c)))
FAULT_WRAP := $(shell awk '$$2 == "wrap" { print "-Wl,--wrap=" $$1 }' tests/fault/calls.list)
$(BUILD)/fault/subject.o: $(MODULE_OBJ) $(BUILD)/obj/pam_module/recorder.o $(BUILD)/libhost.a
	@mkdir -p $(@D)
	$(Q)objcopy --redefine-sym main=recorder_main $(BUILD)/obj/pam_module/recorder.o $(@D)/recorder.o
	$(Q)$(CC) -r -nostdlib -Wl,-u,login_log_seal_create -o $@ $(MODULE_OBJ) $(@D)/recorder.o \
		$(BUILD)/libhost.a

$(BUILD)/fault/lists.c: $(BUILD)/fault/subject.o tests/fault/lists tests/fault/calls.list
	$(Q)tests/fault/lists $< >$@

$(BUILD)/tests/test_fault_calls: $(BUILD)/obj/tests/fault/test_fault_calls.o $(BUILD)/fault/lists.c
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -pie -o $@ $^ -lcmocka $(LDLIBS)

$(BUILD)/tests/test_fault_injection: $(BUILD)/obj/tests/fault/test_fault_injection.o $(FAULT_OBJ) \
		$(BUILD)/fault/subject.o tests/fault/calls.list
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_LDFLAGS) -pie $(FAULT_WRAP) -o $@ $(filter %.o,$^) -lcmocka $(HOST_LIBS) $(LDLIBS)

# What it is for ----------------------------------------------------------------------------------
demo:
	@tools/install-deps
	@$(MAKE) --no-print-directory all
	@tools/demo $(BUILD)

test:
	@tools/install-deps --test
	@$(MAKE) --no-print-directory all tools unit-build
	@BUILD=$(BUILD) tests/run

unit-build: $(UNIT_TESTS)

unit: all unit-build
	@BUILD=$(BUILD) tests/run unit

integration: all tools
	@BUILD=$(BUILD) tests/run integration

bench:
	@tools/install-deps --bench
	@$(MAKE) --no-print-directory all tools
	@BUILD=$(BUILD) tools/bench/run

UNITS := $(notdir $(wildcard tools/packaging/*.service tools/packaging/*.timer))
fill_in = sed -e 's|@LOGDIR@|$(LOGDIR)|g' -e 's|@SBINDIR@|$(SBINDIR)|g' -e 's|@SYSCONFDIR@|$(SYSCONFDIR)|g'

MAN1 := $(wildcard docs/*.1)
MAN8 := $(wildcard docs/*.8)

install: all
	$(INSTALL) -d $(DESTDIR)$(BINDIR) $(DESTDIR)$(SBINDIR) $(DESTDIR)$(LIBEXECDIR) \
		$(DESTDIR)$(PAMDIR) $(DESTDIR)$(MANDIR)/man1 $(DESTDIR)$(MANDIR)/man8 \
		$(DESTDIR)$(SYSCONFDIR)/logrotate.d $(DESTDIR)$(UNITDIR)
	$(INSTALL) -d -m 0700 $(DESTDIR)$(LOGDIR)
	$(INSTALL) -m 0755 $(BUILD)/logintrail $(DESTDIR)$(BINDIR)/logintrail
	$(INSTALL) -m 0755 $(BUILD)/logintrail-host $(DESTDIR)$(SBINDIR)/logintrail-host
	$(fill_in) tools/packaging/logrotate.conf >$(BUILD)/logrotate.conf
	$(INSTALL) -m 0644 $(BUILD)/logrotate.conf $(DESTDIR)$(SYSCONFDIR)/logrotate.d/logintrail
	mkdir -p $(BUILD)/units
	for unit in $(UNITS); do $(fill_in) tools/packaging/$$unit >$(BUILD)/units/$$unit || exit 1; done
	$(INSTALL) -m 0644 $(addprefix $(BUILD)/units/,$(UNITS)) $(DESTDIR)$(UNITDIR)
	$(INSTALL) -m 0755 $(BUILD)/logintrail-record $(DESTDIR)$(LIBEXECDIR)/logintrail-record
	$(INSTALL) -m 0755 $(BUILD)/logintrail-receipt $(DESTDIR)$(LIBEXECDIR)/logintrail-receipt
	$(INSTALL) -m 0644 $(BUILD)/logintrail-receipt-check.so \
		$(DESTDIR)$(LIBEXECDIR)/logintrail-receipt-check.so
	$(INSTALL) -m 0644 $(BUILD)/pam_logintrail.so $(DESTDIR)$(PAMDIR)/pam_logintrail.so
	$(INSTALL) -m 0644 $(MAN1) $(DESTDIR)$(MANDIR)/man1
	$(INSTALL) -m 0644 $(MAN8) $(DESTDIR)$(MANDIR)/man8

# The login logs stay: they are evidence.
uninstall:
	rm -f $(DESTDIR)$(BINDIR)/logintrail $(DESTDIR)$(LIBEXECDIR)/logintrail-record \
		$(DESTDIR)$(LIBEXECDIR)/logintrail-receipt \
		$(DESTDIR)$(SBINDIR)/logintrail-host \
		$(DESTDIR)$(SYSCONFDIR)/logrotate.d/logintrail \
		$(DESTDIR)$(LIBEXECDIR)/logintrail-receipt-check.so \
		$(DESTDIR)$(PAMDIR)/pam_logintrail.so \
		$(addprefix $(DESTDIR)$(UNITDIR)/,$(UNITS)) \
		$(addprefix $(DESTDIR)$(MANDIR)/man1/,$(notdir $(MAN1))) \
		$(addprefix $(DESTDIR)$(MANDIR)/man8/,$(notdir $(MAN8)))
	-rmdir $(DESTDIR)$(LIBEXECDIR) 2>/dev/null

# Each harness runs for FUZZ_SECONDS, from its seeds in tests/fuzz/seeds.
FUZZ_SECONDS ?= 10
FUZZ_BUILD   := build/fuzz
FUZZ_CFLAGS   = -std=gnu11 -I. -O1 -g -D_GNU_SOURCE -include common/banned.h \
	-DLOGINTRAIL_VERSION='"$(VERSION)"' -DLOGINTRAIL_COMMIT='"fuzz"' \
	-fsanitize=address,undefined -fno-sanitize-recover=all
FUZZERS      := $(patsubst tests/fuzz/%.c,$(FUZZ_BUILD)/%,$(FUZZ_SRC))
FUZZ_OBJ     := $(patsubst %.c,$(FUZZ_BUILD)/obj/%.o,$(COMMON_SRC) $(HOST_SRC) $(CORRELATOR_SRC))

$(FUZZ_BUILD)/obj/%.o: %.c
	$(call say,CC,$< (fuzz))
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(FUZZ_CFLAGS) -fsanitize=fuzzer-no-link -MMD -MP -c -o $@ $<

$(FUZZ_BUILD)/liball.a: $(FUZZ_OBJ)
	$(Q)rm -f $@ && ar rcs $@ $^

$(FUZZ_BUILD)/fuzz_%: tests/fuzz/fuzz_%.c $(FUZZ_BUILD)/liball.a
	$(call say,LD,$@)
	$(Q)$(CLANG) $(FUZZ_CFLAGS) -fsanitize=fuzzer -o $@ $< $(FUZZ_BUILD)/liball.a $(CORRELATOR_LIBS)

fuzz: $(FUZZERS)
	@FUZZ_BUILD=$(FUZZ_BUILD) FUZZ_SECONDS=$(FUZZ_SECONDS) tests/fuzz/run $(notdir $(FUZZERS))

lint:
	@tools/lint

clean:
	rm -rf build

-include $(wildcard $(BUILD)/obj/*/*.d $(BUILD)/obj/*/*/*.d $(FUZZ_BUILD)/obj/*/*.d $(FUZZ_BUILD)/obj/*/*/*.d)
