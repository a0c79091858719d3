# FG_TRY_CFLAG(VARIABLE, FLAG): append FLAG when a program compiles and links with it without a warning.
AC_DEFUN([FG_TRY_CFLAG], [
	AS_VAR_PUSHDEF([cache], [fg_cv_cflag_$2])
	AC_CACHE_CHECK([whether $CC takes $2], [cache], [
		fg_save_CFLAGS=$CFLAGS
		CFLAGS="$CFLAGS -Werror $2"
		AC_LINK_IFELSE([AC_LANG_PROGRAM([[#include <string.h>]], [[char b[64]; memset(b, 0, sizeof(b)); return b[3];]])],
			[AS_VAR_SET([cache], [yes])], [AS_VAR_SET([cache], [no])])
		CFLAGS=$fg_save_CFLAGS
	])
	AS_VAR_IF([cache], [yes], [$1="$$1 $2"])
	AS_VAR_POPDEF([cache])
])

# FG_TRY_LDFLAG(VARIABLE, FLAG)
AC_DEFUN([FG_TRY_LDFLAG], [
	AS_VAR_PUSHDEF([cache], [fg_cv_ldflag_$2])
	AC_CACHE_CHECK([whether $CC links with $2], [cache], [
		fg_save_LDFLAGS=$LDFLAGS
		LDFLAGS="$LDFLAGS $2"
		AC_LINK_IFELSE([AC_LANG_PROGRAM([], [[return 0;]])], [AS_VAR_SET([cache], [yes])], [AS_VAR_SET([cache], [no])])
		LDFLAGS=$fg_save_LDFLAGS
	])
	AS_VAR_IF([cache], [yes], [$1="$$1 $2"])
	AS_VAR_POPDEF([cache])
])
