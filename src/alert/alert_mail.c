/* SPDX-License-Identifier: ISC */
#include "alert/alert_mail.h"

#include "base/base64.h"
#include "base/limits.h"
#include "base/quote.h"

#define LINE_MOST 75 /* of quoted-printable, without the "=" (RFC 2045 6.7) */
#define SUBJECT_BYTES 250

static void put_date(instant at, struct buf *out)
{
	static const char *const weekdays[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
	static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
	                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	struct day_parts day = day_split(day_of(at));
	int secs = (int)(at - day_start(day_of(at)));

	buf_format(out, "Date: %s, %d %s %d %02d:%02d:%02d +0000\r\n", weekdays[day.weekday], day.day, months[day.month - 1],
	           day.year, secs / 3600, secs / 60 % 60, secs % 60);
}

/* What stands between < and >: our own ids and checked addresses; anything else would be a way in. */
static void put_plain(struct str text, struct buf *out)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.p[i] > ' ' && text.p[i] <= '~' && text.p[i] != '<' && text.p[i] != '>')
			buf_byte(out, text.p[i]);
}

static void put_bracketed(const char *name, struct str text, struct str domain, struct buf *out)
{
	buf_text(out, name);
	buf_byte(out, '<');
	put_plain(text, out);
	if (domain.len > 0) {
		buf_byte(out, '@');
		put_plain(domain, out);
	}
	buf_text(out, ">\r\n");
}

static struct str domain_of(struct str address)
{
	return str_from(address, str_find_byte(address, '@') + 1);
}

/* RFC 2369 and RFC 8058. */
static void put_list_headers(const struct alert_mail *mail, struct buf *out)
{
	buf_text(out, "List-Id: <");
	put_plain(mail->list, out);
	buf_text(out, ".mailseal.");
	put_plain(domain_of(mail->from), out);
	buf_text(out, ">\r\nList-Unsubscribe: <");
	if (mail->unsubscribe.len > 0) {
		put_plain(mail->unsubscribe, out);
		buf_text(out, ">\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n");
	} else {
		buf_text(out, "mailto:");
		put_plain(mail->from, out);
		buf_text(out, "?subject=stop%20");
		put_plain(mail->list, out);
		buf_text(out, ">\r\n");
	}
}

static void put_header(const struct alert_mail *mail, struct buf *out)
{
	put_bracketed("From: mailseal ", mail->from, STR_NONE, out);
	put_bracketed("To: ", mail->to, STR_NONE, out);
	buf_text(out, "Subject: ");
	quote_mail_header(str_upto(mail->subject, SUBJECT_BYTES), out);
	buf_text(out, "\r\n");
	put_date(mail->at, out);
	put_bracketed("Message-ID: ", mail->id, domain_of(mail->from), out);
	if (mail->thread.len > 0) {
		put_bracketed("In-Reply-To: ", mail->thread, domain_of(mail->from), out);
		put_bracketed("References: ", mail->thread, domain_of(mail->from), out);
	}
	/* RFC 3834 5; RFC 8689 5: an alert about TLS must arrive where TLS is broken. */
	buf_text(out, "Auto-Submitted: auto-generated\r\nTLS-Required: No\r\n");
	if (mail->is_bulk)
		buf_text(out, "Precedence: bulk\r\n");
	put_list_headers(mail, out);
	buf_text(out, "MIME-Version: 1.0\r\n");
}

/* Quoted-printable: every byte that is not plainly printable becomes =XX, so no bare CR, no dot at the start of a line, no
 * "From " can come about. */
static void put_quoted(struct str text, struct buf *out)
{
	size_t column = 0;

	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.p[i];
		bool is_end = i + 1 == text.len || text.p[i + 1] == '\n';
		if (c == '\n') {
			buf_text(out, "\r\n");
			column = 0;
			continue;
		}
		bool is_plain = c >= 32 && c < 127 && c != '=' && !(c == ' ' && is_end) &&
		                !(column == 0 && (c == '.' || c == 'F' || c == '-'));
		size_t width = is_plain ? 1 : 3;
		if (column + width > LINE_MOST) {
			buf_text(out, "=\r\n");
			column = 0;
			i--;
			continue;
		}
		if (is_plain)
			buf_byte(out, (char)c);
		else
			buf_format(out, "=%02X", c);
		column += width;
	}
	if (column > 0)
		buf_text(out, "\r\n");
}

static void put_part(const char *type, struct str text, struct buf *out)
{
	buf_format(out, "Content-Type: %s; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n", type);
	put_quoted(text, out);
}

#define BASE64_LINE 76

static void put_logo(const struct alert_mail *mail, struct buf *out)
{
	struct buf text;

	buf_init(&text, MIB(1));
	base64_encode(mail->logo, &text);
	buf_format(out, "Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\nContent-ID: <%s>\r\n"
	                "Content-Disposition: inline; filename=logo.png\r\n\r\n", mail->logo_id);
	struct str rest = buf_view(&text);
	for (; rest.len > 0; rest = str_from(rest, rest.len < BASE64_LINE ? rest.len : BASE64_LINE)) {
		buf_str(out, str_upto(rest, BASE64_LINE));
		buf_text(out, "\r\n");
	}
	out->failed = out->failed || text.failed;
	buf_done(&text);
}

/* RFC 2387: the page, and the picture in it. */
static void put_html(const struct alert_mail *mail, struct buf *out)
{
	static const char boundary[] = "mailseal-page";

	if (mail->logo.len == 0) {
		put_part("text/html", mail->html, out);
		return;
	}
	buf_format(out, "Content-Type: multipart/related; type=\"text/html\"; boundary=%s\r\n\r\n--%s\r\n", boundary, boundary);
	put_part("text/html", mail->html, out);
	buf_format(out, "--%s\r\n", boundary);
	put_logo(mail, out);
	buf_format(out, "--%s--\r\n", boundary);
}

bool alert_mail_compose(const struct alert_mail *mail, struct buf *out)
{
	/* A line of a part never begins with "-": put_quoted(). */
	static const char boundary[] = "mailseal-parts";

	put_header(mail, out);
	if (mail->html.len == 0) {
		put_part("text/plain", mail->text, out);
		return !out->failed;
	}
	buf_format(out, "Content-Type: multipart/alternative; boundary=%s\r\n\r\n--%s\r\n", boundary, boundary);
	put_part("text/plain", mail->text, out);
	buf_format(out, "--%s\r\n", boundary);
	put_html(mail, out);
	buf_format(out, "--%s--\r\n", boundary);
	return !out->failed;
}
