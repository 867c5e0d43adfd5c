/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/aws/aws_xml.h"

#include <expat.h>
#include <limits.h>

#include "common/buf.h"

#define DEPTH_MAX 32
#define WIPED_MAX 65536 /* texts up to this length leave no copy behind */

struct xml_reader {
	XML_Parser parser;
	aws_xml_element *element;
	void *ctx;
	struct buf path; /* of the elements that are open */
	struct buf text; /* of the innermost one, as long as it holds no element */
	size_t depth;
	size_t ends[DEPTH_MAX]; /* where the path ends for each of them without it */
	bool holds_elements[DEPTH_MAX];
	int result;
};

/* Handlers may be called once more after this; all look at result first. */
static void
stop(struct xml_reader *r, int result)
{
	r->result = result;
	(void)XML_StopParser(r->parser, XML_FALSE);
}

static const char *
local_name(const char *name)
{
	const char *colon = strrchr(name, ':');

	return colon != NULL && colon[1] != '\0' ? colon + 1 : name;
}

static void XMLCALL
element_begin(void *ctx, const XML_Char *name, const XML_Char **attributes)
{
	struct xml_reader *r = ctx;

	(void)attributes;
	if (r->result != 0)
		return;
	if (r->depth == DEPTH_MAX) {
		stop(r, -2);
		return;
	}
	if (r->depth != 0)
		r->holds_elements[r->depth - 1] = true;
	r->ends[r->depth] = r->path.len;
	r->holds_elements[r->depth++] = false;
	if (r->path.len != 0)
		buf_putc(&r->path, '/');
	buf_puts(&r->path, local_name(name));
	buf_reset(&r->text);
}

static void XMLCALL
element_end(void *ctx, const XML_Char *name)
{
	struct xml_reader *r = ctx;
	const char *path;
	int result;

	(void)name;
	if (r->result != 0 || r->depth == 0)
		return;
	r->depth--;
	if (r->holds_elements[r->depth])
		buf_reset(&r->text);
	path = buf_cstr(&r->path);
	if (path == NULL || r->text.failed) {
		stop(r, -1);
		return;
	}
	result = r->element(r->ctx, path, buf_span(&r->text));
	buf_truncate(&r->path, r->ends[r->depth]);
	buf_reset(&r->text);
	if (result != 0)
		stop(r, result);
}

static void XMLCALL
text_found(void *ctx, const XML_Char *text, int len)
{
	struct xml_reader *r = ctx;

	if (r->result == 0 && r->depth != 0 && !r->holds_elements[r->depth - 1])
		buf_put(&r->text, text, (size_t)len);
}

/* Without a document type there are no entities but XML's own. */
static void XMLCALL
doctype_found(
    void *ctx, const XML_Char *name, const XML_Char *system, const XML_Char *public, int has_subset)
{
	(void)name;
	(void)system;
	(void)public;
	(void)has_subset;
	stop(ctx, -2);
}

static void
parse(struct xml_reader *r, struct span text)
{
	enum XML_Status status;

	XML_SetUserData(r->parser, r);
	XML_SetElementHandler(r->parser, element_begin, element_end);
	XML_SetCharacterDataHandler(r->parser, text_found);
	XML_SetStartDoctypeDeclHandler(r->parser, doctype_found);
	status = XML_Parse(r->parser, text.ptr, (int)text.len, 1);
	if (status != XML_STATUS_OK && r->result == 0)
		r->result = XML_GetErrorCode(r->parser) == XML_ERROR_NO_MEMORY ? -1 : -2;
}

int
aws_xml_read(struct span text, aws_xml_element *element, void *ctx)
{
	struct xml_reader r = {.element = element, .ctx = ctx};

	if (text.ptr == NULL || text.len > INT_MAX)
		return -2;
	/* AWS writes nothing else, whatever a document says of itself. */
	r.parser = XML_ParserCreate("UTF-8");
	if (r.parser == NULL)
		return -1;
	/* Both hold parts of the text alone; slashes and the NUL come on top. */
	buf_init(&r.path, text.len + DEPTH_MAX + 1);
	buf_init(&r.text, text.len);
	(void)buf_reserve(&r.text, text.len < WIPED_MAX ? text.len : WIPED_MAX);
	parse(&r, text);
	XML_ParserFree(r.parser);
	/* an answer of STS has credentials in it, each much shorter than WIPED_MAX */
	if (r.text.ptr != NULL)
		explicit_bzero(r.text.ptr, r.text.cap);
	buf_clear(&r.path);
	buf_clear(&r.text);
	return r.result;
}
