/* SPDX-License-Identifier: ISC */
/* Writes believable TLS report mails, the same ones for the same seed:
 *
 *     generate --mails N (--out FOLDER | --mbox FILE | --maildir FOLDER) [--form mix|mail|json|gz] [--seed S] [--until DAY]
 *     generate --demo FOLDER [--until DAY] [--seed S]
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/instant.h"
#include "base/num.h"
#include "bench/report_mail.h"
#include "bench/report_text.h"

#define MAIL_BYTES_MAX ((size_t)4 * 1024 * 1024)
#define MBOX_FLUSH_BYTES ((size_t)1024 * 1024)
#define BULK_LAST_DAY "2025-12-31" /* fixed: a bulk run is the same on every day */
#define MAILS_MAX 10000000

enum form { FORM_MIX, FORM_MAIL, FORM_JSON, FORM_GZ };

struct generate {
	const char *folder, *mbox, *maildir, *demo;
	enum form form;
	uint64_t mails, seed;
	int32_t until;
	/* under way */
	struct report_mail *mail;
	struct buf text;  /* the file that is written next */
	struct buf lines; /* of the mbox */
	int mbox_fd;
	struct err err;
};

static bool write_file(struct generate *g, const char *folder, const char *name, struct str bytes)
{
	char path[4096];
	if ((size_t)snprintf(path, sizeof(path), "%s/%s", folder, name) >= sizeof(path))
		return err_set(&g->err, ERR_INPUT, "%s: the path is too long", folder);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_set(&g->err, ERR_DENIED, "%s: %s", path, strerror(errno));
	bool ok = file_write_fd(fd, bytes, &g->err);
	file_close(&fd);
	return ok;
}

/* mbox: a From line, LF, and ">" before lines that begin with "From " (mboxrd). */
static bool append_mbox(struct generate *g, const struct world_report *report, struct str mail)
{
	char day[INSTANT_TEXT_MAX];
	struct str date = day_format(report->day + 1, day);
	buf_format(&g->lines, "From %s Thu Jan  1 10:00:00 %.4s\n", report->reporter->from, date.p);
	for (struct str rest = mail; rest.p != NULL && rest.len > 0;) {
		struct str line = str_cut(&rest, '\n');
		if (str_ends_with(line, STR("\r")))
			line = str_upto(line, line.len - 1);
		struct str quoted = line;
		while (str_starts_with(quoted, STR(">")))
			quoted = str_from(quoted, 1);
		if (str_starts_with(quoted, STR("From ")))
			buf_byte(&g->lines, '>');
		buf_str(&g->lines, line);
		buf_byte(&g->lines, '\n');
	}
	buf_byte(&g->lines, '\n');
	return true;
}

static bool flush_mbox(struct generate *g)
{
	if (g->lines.failed)
		return err_set(&g->err, ERR_TOO_BIG, "the mbox buffer is full");
	bool ok = file_write_fd(g->mbox_fd, buf_view(&g->lines), &g->err);
	buf_clear(&g->lines);
	return ok;
}

static enum report_mail_form form_of(const struct generate *g, const struct world_report *report)
{
	/* Lines of 7bit must be short: only the reporters that indent their JSON may use it. */
	static const enum report_mail_form rare[] = {REPORT_MAIL_JSON, REPORT_MAIL_QUOTED, REPORT_MAIL_GENERIC,
	                                             REPORT_MAIL_MIXED};
	struct random random = {report->number ^ g->seed << 7};
	if (g->form == FORM_MIX && report->reporter->manner == MANNER_HALON)
		return REPORT_MAIL_PLAIN;
	if (g->form == FORM_MIX && random_percent(&random, 12))
		return rare[random_below(&random, COUNT_OF(rare))];
	return REPORT_MAIL_GZIP;
}

static bool put_mail(struct generate *g, const struct world_report *report)
{
	char name[64];
	report_mail_write(g->mail, report, form_of(g, report), &g->text);
	if (g->mbox != NULL) {
		append_mbox(g, report, buf_view(&g->text));
		return g->lines.len < MBOX_FLUSH_BYTES || flush_mbox(g);
	}
	if (g->maildir != NULL) {
		snprintf(name, sizeof(name), "new/%" PRId64 ".M%06" PRIu64 "P1.mx1", day_start(report->day + 1),
		         report->number);
		return write_file(g, g->maildir, name, buf_view(&g->text));
	}
	snprintf(name, sizeof(name), "%07" PRIu64 ".eml", report->number);
	return write_file(g, g->folder, name, buf_view(&g->text));
}

static bool put_body(struct generate *g, const struct world_report *report)
{
	char name[REPORT_MAIL_NAME_MAX], path[REPORT_MAIL_NAME_MAX + 32];
	report_mail_name(report, name);
	report_text(report, &g->text);
	snprintf(path, sizeof(path), "%s!%07" PRIu64 ".json%s", name, report->number, g->form == FORM_GZ ? ".gz" : "");
	if (g->form == FORM_JSON)
		return write_file(g, g->folder, path, buf_view(&g->text));
	struct buf packed;
	buf_init(&packed, MAIL_BYTES_MAX);
	report_mail_gzip(g->mail, buf_view(&g->text), &packed);
	bool ok = write_file(g, g->folder, path, buf_view(&packed));
	buf_done(&packed);
	return ok;
}

static bool put(struct generate *g, const struct world_report *report)
{
	buf_clear(&g->text);
	return g->form == FORM_MIX || g->form == FORM_MAIL ? put_mail(g, report) : put_body(g, report);
}

static bool put_demo(const struct world_report *report, void *context)
{
	return put(context, report);
}

static bool prepare(struct generate *g)
{
	if (g->mbox != NULL) {
		g->mbox_fd = open(g->mbox, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
		if (g->mbox_fd < 0)
			return err_set(&g->err, ERR_DENIED, "%s: %s", g->mbox, strerror(errno));
		return true;
	}
	if (g->maildir == NULL)
		return file_make_folder(g->folder, &g->err);
	static const char *const parts[] = {"new", "cur", "tmp"};
	for (size_t i = 0; i < COUNT_OF(parts); i++) {
		char path[4096];
		snprintf(path, sizeof(path), "%s/%s", g->maildir, parts[i]);
		if (!file_make_folder(path, &g->err))
			return false;
	}
	return true;
}

static bool run(struct generate *g)
{
	if (!prepare(g))
		return false;
	if (g->demo != NULL)
		return world_demo(g->seed, g->until, put_demo, g);
	struct world_bulk bulk = {.seed = g->seed, .last_day = g->until};
	for (uint64_t i = 0; i < g->mails; i++) {
		struct world_report report;
		world_next(&bulk, i, &report);
		if (!put(g, &report))
			return false;
	}
	return g->mbox == NULL || flush_mbox(g);
}

/* ---- arguments ---- */

static bool take_form(const char *value, enum form *out)
{
	static const char *const names[] = {"mix", "mail", "json", "gz"};
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		if (strcmp(value, names[i]) == 0) {
			*out = (enum form)i;
			return true;
		}
	}
	return false;
}

static bool take(struct generate *g, const char *flag, const char *value)
{
	const struct {
		const char *name;
		const char **text;
	} texts[] = {{"--out", &g->folder}, {"--mbox", &g->mbox}, {"--maildir", &g->maildir}, {"--demo", &g->demo}};
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		if (strcmp(flag, texts[i].name) == 0) {
			*texts[i].text = value;
			return true;
		}
	}
	if (strcmp(flag, "--mails") == 0)
		return num_parse_uint(str_of(value), MAILS_MAX, &g->mails);
	if (strcmp(flag, "--seed") == 0)
		return num_parse_uint(str_of(value), UINT64_MAX, &g->seed);
	if (strcmp(flag, "--until") == 0)
		return day_parse(str_of(value), &g->until);
	return strcmp(flag, "--form") == 0 && take_form(value, &g->form);
}

static bool arguments(struct generate *g, int argc, char **argv)
{
	for (int i = 1; i < argc; i += 2) {
		if (i + 1 >= argc || !take(g, argv[i], argv[i + 1]))
			return err_set(&g->err, ERR_INPUT, "%s: not understood", argv[i]);
	}
	int targets = (g->folder != NULL) + (g->mbox != NULL) + (g->maildir != NULL) + (g->demo != NULL);
	if (targets != 1 || (g->demo == NULL && g->mails == 0))
		return err_set(&g->err, ERR_INPUT, "give --demo FOLDER, or --mails N and one of --out, --mbox, --maildir");
	if (g->folder == NULL && g->form != FORM_MIX && g->form != FORM_MAIL)
		return err_set(&g->err, ERR_INPUT, "--form json and gz need --out");
	if (g->demo != NULL)
		g->folder = g->demo;
	if (g->until == DAY_NONE && g->demo != NULL)
		g->until = day_of(instant_now()) - 1;
	return g->until != DAY_NONE || day_parse(STR(BULK_LAST_DAY), &g->until);
}

int main(int argc, char **argv)
{
	struct generate g = {.seed = 1, .until = DAY_NONE, .mbox_fd = -1};
	if (!arguments(&g, argc, argv)) {
		fprintf(stderr, "generate: %s\n", g.err.text);
		return 2;
	}
	g.mail = report_mail_new();
	buf_init(&g.text, MAIL_BYTES_MAX);
	buf_init(&g.lines, MBOX_FLUSH_BYTES + MAIL_BYTES_MAX);
	bool ok = run(&g);
	if (!ok)
		fprintf(stderr, "generate: %s\n", g.err.text);
	report_mail_free(&g.mail);
	buf_done(&g.text);
	buf_done(&g.lines);
	file_close(&g.mbox_fd);
	return ok ? 0 : 1;
}
