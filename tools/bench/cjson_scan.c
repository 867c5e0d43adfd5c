/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cjson_scan FILE...: the key pushes in log files of CloudTrail, as a plain program with cJSON
 *finds them: each file inflated with libdeflate into a buffer that is used again, parsed whole in
 *place there, walked, freed. Prints one line for each record whose eventName is SendSSHPublicKey:
 *
 *	EVENT-TIME <tab> ARN <tab> INSTANCE-ID <tab> OS-USER
 *
 * A peer of `make bench`, not of the product: it takes what it reads for honest. Exits with 1 when
 *a file cannot be read or parsed.
 */
#include <cjson/cJSON.h>
#include <errno.h>
#include <fcntl.h>
#include <libdeflate.h>
#include <sys/stat.h>
#include <unistd.h>

#define PACKED_MAX ((size_t)64 << 20)
#define TEXT_MAX   ((size_t)64 << 20)

struct scan {
	struct libdeflate_decompressor *decompressor;
	char *packed, *text;
};

static ssize_t
read_file(const char *path, char *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t n;

	if (fd < 0)
		return -1;
	while ((n = read(fd, out + len, PACKED_MAX - len)) > 0)
		len += (size_t)n;
	close(fd);
	return n == 0 ? (ssize_t)len : -1;
}

static const char *
text_of(const cJSON *object, const char *member)
{
	const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, member));

	return text != NULL ? text : "";
}

static void
print_push(const cJSON *record)
{
	const cJSON *identity = cJSON_GetObjectItemCaseSensitive(record, "userIdentity");
	const cJSON *parameters = cJSON_GetObjectItemCaseSensitive(record, "requestParameters");

	printf("%s\t%s\t%s\t%s\n", text_of(record, "eventTime"), text_of(identity, "arn"),
	    text_of(parameters, "instanceId"), text_of(parameters, "instanceOSUser"));
}

static int
scan_file(const struct scan *s, const char *path)
{
	ssize_t packed = read_file(path, s->packed);
	const cJSON *record;
	cJSON *document;
	size_t len;

	if (packed < 0 ||
	    libdeflate_gzip_decompress(s->decompressor, s->packed, (size_t)packed, s->text,
		TEXT_MAX, &len) != LIBDEFLATE_SUCCESS)
		return -1;
	document = cJSON_ParseWithLength(s->text, len);
	if (document == NULL)
		return -1;
	cJSON_ArrayForEach(record,
	    cJSON_GetObjectItemCaseSensitive(document,
		"Records")) if (strcmp(text_of(record, "eventName"), "SendSSHPublicKey") == 0)
	    print_push(record);
	cJSON_Delete(document);
	return 0;
}

int
main(int argc, char **argv)
{
	struct scan s = {.decompressor = libdeflate_alloc_decompressor(),
	    .packed = malloc(PACKED_MAX),
	    .text = malloc(TEXT_MAX)};
	int r = 1;

	if (s.decompressor == NULL || s.packed == NULL || s.text == NULL) {
		fprintf(stderr, "cjson_scan: %s\n", strerror(errno));
		goto out;
	}
	for (int i = 1; i < argc; i++) {
		if (scan_file(&s, argv[i]) != 0) {
			fprintf(stderr, "cjson_scan: %s: cannot be read or parsed\n", argv[i]);
			goto out;
		}
	}
	r = 0;
out:
	libdeflate_free_decompressor(s.decompressor);
	free(s.packed);
	free(s.text);
	return r;
}
