/* SPDX-License-Identifier: ISC */
/* Why nobody was signed in by another server (OpenID Connect), and what is said about it.  The names stand in the log, in the
 * address of the sign-in page and in the API.  X(ID, name, sentence). */
#define OIDC_PROBLEMS(X)                                                                                               \
	X(NONE, "none", "")                                                                                            \
	/* before there is a token */                                                                                  \
	X(ACCESS_DENIED, "access-denied", "The provider did not let you in, or you said no there.")                    \
	X(PROVIDER_ERROR, "provider-error",                                                                            \
	  "The provider answered with an error. Its word stands in the log of this server.")                           \
	X(UNREACHABLE, "provider-unreachable", "This server cannot reach the provider now. Try again a little later.") \
	X(PROVIDER_BROKEN, "provider-broken",                                                                          \
	  "The provider does not describe itself as it should. The reason stands in the log of this server.")          \
	X(SETUP, "provider-setup", "The provider is not set up rightly here. The reason stands in the log of this server.") \
	X(BUSY, "busy", "Many people are signing in. Try again in a moment.")                                          \
	X(STATE, "state", "This sign-in was not begun in this browser, was used before, or took too long. Begin it again.") \
	X(MIX_UP, "mix-up", "The answer came from another provider than the one that was asked, so nobody was signed in.") \
	X(CODE, "code-refused", "The provider does not take its own answer back: it was used before, or is too old. Begin again.") \
	/* the token */                                                                                                \
	X(TOKEN_MALFORMED, "token-malformed", \
	  "The answer of the provider could not be believed, so nobody was signed in. The reason stands in the log of this server.") \
	X(TOKEN_ALGORITHM, "token-algorithm", \
	  "The answer of the provider could not be believed, so nobody was signed in. The reason stands in the log of this server.") \
	X(TOKEN_KEY, "token-key", \
	  "The answer of the provider could not be believed, so nobody was signed in. The reason stands in the log of this server.") \
	X(TOKEN_SIGNATURE, "token-signature", \
	  "The answer of the provider could not be believed, so nobody was signed in. The reason stands in the log of this server.") \
	X(TOKEN_ISSUER, "token-issuer", \
	  "The answer of the provider could not be believed, so nobody was signed in. The reason stands in the log of this server.") \
	X(TOKEN_AUDIENCE, "token-audience", \
	  "The answer of the provider could not be believed, so nobody was signed in. The reason stands in the log of this server.") \
	X(TOKEN_NONCE, "token-nonce", \
	  "The answer of the provider could not be believed, so nobody was signed in. The reason stands in the log of this server.") \
	X(TOKEN_HASH, "token-hash", \
	  "The answer of the provider could not be believed, so nobody was signed in. The reason stands in the log of this server.") \
	X(TOKEN_TIME, "token-time",                                                                                    \
	  "By the clock of this server the answer of the provider is too old, or from the future. One of the two clocks is wrong.") \
	X(GROUPS_ELSEWHERE, "groups-elsewhere",                                                                        \
	  "You are in so many groups that the provider does not name them. It must be told to send only those of this program.") \
	/* who it is */                                                                                                \
	X(NO_GROUP, "no-group",                                                                                        \
	  "You are known, but in no group that may see anything here. Ask the people who run this server.")            \
	X(UNKNOWN, "unknown-user",                                                                                     \
	  "Nobody here has this sign-in. Who has an account here adds it under Me; who has none asks the people who run this server.") \
	X(DISABLED, "disabled", "This user may not sign in here any more.")                                            \
	X(TAKEN, "taken", "This sign-in belongs to another user here.")                                                \
	X(SIGNED_OUT, "signed-out", "You were signed out meanwhile, so the sign-in was not added. Sign in and begin again.")
