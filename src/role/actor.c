/* SPDX-License-Identifier: ISC */
#include "role/actor.h"

#include "base/limits.h"

void actor_write(const struct actor *actor, struct buf *out)
{
	wire_put_str(out, STR(ACTOR_VERB));
	wire_put_u8(out, actor->kind);
	wire_put_u64(out, (uint64_t)actor->id);
	wire_put_u8(out, actor->is_site);
	wire_put_str(out, actor->name);
	wire_put_str(out, actor->peer);
	wire_put_str(out, actor->expected);
}

bool actor_read(struct wire_reader *reader, struct actor *out)
{
	struct actor actor = {
	    .kind = (enum actor_kind)wire_get_enum(reader, ACTOR_KIND_COUNT),
	    .id = (int64_t)wire_get_u64(reader),
	    .is_site = wire_get_bool(reader),
	    .name = wire_get_text(reader, LIMIT_NAME_BYTES),
	    .peer = wire_get_text(reader, LIMIT_NAME_BYTES),
	    .expected = wire_get_text(reader, 128),
	};
	if (reader->failed)
		return false;
	*out = actor;
	return true;
}
