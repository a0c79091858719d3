noinst_LIBRARIES += trust/libtrust.a
TRUST_LIB = trust/libtrust.a
trust_libtrust_a_SOURCES = \
	%D%/caller.c \
	%D%/check.c \
	%D%/check_role.c \
	%D%/compile.c \
	%D%/compile_test.c \
	%D%/condition.c \
	%D%/context.c \
	%D%/document.c \
	%D%/evaluate.c \
	%D%/explain.c \
	%D%/many.c \
	%D%/match.c \
	%D%/actions_table.c \
	%D%/keys_table.c \
	%D%/lint.c %D%/lint_int.h \
	%D%/lint_ask.c \
	%D%/lint_condition.c \
	%D%/lint_generic.c \
	%D%/lint_subject.c \
	%D%/lint_trust.c \
	%D%/lint_witness.c \
	%D%/operator.c \
	%D%/origin.c \
	%D%/pattern.c \
	%D%/place.c \
	%D%/principal.c \
	%D%/program.c \
	%D%/scalar.c \
	%D%/simulate.c \
	%D%/statement.c \
	%D%/check_int.h %D%/compile_int.h %D%/program_int.h \
	%D%/tables.c %D%/tables_int.h \
	%D%/trust.h %D%/trust_int.h
EXTRA_DIST += %D%/generate-tables.mjs
