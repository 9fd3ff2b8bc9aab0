/* SPDX-License-Identifier: ISC */
/* The nouns of the command line.  X(name, function, one line of help).  In the order of `mailseal help`. */
#define COMMANDS(X)                                                                                                    \
	X("record", cli_record, "generate and explain TLS-RPT and MTA-STS records")                                    \
	X("explain", cli_explain, "one failure in plain words")                                                        \
	X("config", cli_config, "show, check and explain the configuration")                                           \
	X("help", cli_help, "this list, or the help of one command")
