/* tests/unit/cred/files.c - folders of ours, and what must not be there (rule 32). */
#include "tests/unit/cred/rig.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static void
an_absent_folder_is_made(void)
{
	char dir[64], path[96];
	struct stat st;

	rig_folder(dir);
	(void)snprintf(path, sizeof(path), "%s/data", dir);
	CHECK_OK(cred_dir_check(path, NULL));
	CHECK(stat(path, &st) == 0 && (st.st_mode & 07777) == 0700);
	CHECK_OK(cred_dir_check(path, NULL));
	rig_folder_gone(dir);
}

static void
an_open_folder_is_refused(void)
{
	static const unsigned bad[] = { 0750, 0705, 0755, 0777, 0710, 0500 };
	char dir[64], path[96];
	struct fg_err err = { 0 };

	rig_folder(dir);
	(void)snprintf(path, sizeof(path), "%s/data", dir);
	CHECK_OK(cred_dir_check(path, NULL));
	for (size_t i = 0; i < FG_COUNT(bad); i++) {
		CHECK(chmod(path, bad[i]) == 0);
		fg_err_clear(&err);
		CHECK_RC(cred_dir_check(path, &err), FG_E_IO);
		CHECK_STEP(err, "cred.dir.mode");
	}
	CHECK(chmod(path, 0700) == 0);
	if (geteuid() == 0) {
		CHECK(chown(path, 12345, (gid_t)-1) == 0);
		fg_err_clear(&err);
		CHECK_RC(cred_dir_check(path, &err), FG_E_IO);
		CHECK_STEP(err, "cred.dir.owner");
	}
	rig_folder_gone(dir);
}

/* At every start: a folder may have been opened since it was made. */
static void
a_folder_that_others_write_is_not_served_from(void)
{
	static const struct { unsigned mode; bool good; } modes[] = { { 0700, true }, { 0750, true }, { 0755, true },
		{ 0770, false }, { 0777, false }, { 01777, false } };
	char dir[64], file[96];
	struct fg_err err = { 0 };

	rig_folder(dir);
	(void)snprintf(file, sizeof(file), "%s/fedgate.db", dir);
	for (size_t i = 0; i < FG_COUNT(modes); i++) {
		fg_err_clear(&err);
		CHECK(chmod(dir, modes[i].mode) == 0);
		CHECK_RC(cred_folder_check(file, &err), modes[i].good ? FG_OK : FG_E_IO);
		if (!modes[i].good)
			CHECK_STEP(err, "cred.folder.mode");
	}
	CHECK(chmod(dir, 0700) == 0);
	if (geteuid() == 0) {
		CHECK(chown(dir, 12345, (gid_t)-1) == 0);
		fg_err_clear(&err);
		CHECK_RC(cred_folder_check(file, &err), FG_E_IO);
		CHECK_STEP(err, "cred.folder.owner");
		CHECK(chown(dir, 0, (gid_t)-1) == 0);
	}
	rig_folder_gone(dir);
	fg_err_clear(&err);
	CHECK_RC(cred_folder_check(file, &err), FG_E_IO);
	CHECK_STEP(err, "cred.folder");
}

static void
links_and_files_are_no_folders(void)
{
	char dir[64], path[96], real[96];
	struct fg_err err = { 0 };

	rig_folder(dir);
	(void)snprintf(path, sizeof(path), "%s/data", dir);
	(void)snprintf(real, sizeof(real), "%s/real", dir);
	CHECK(mkdir(real, 0700) == 0 && symlink(real, path) == 0);
	CHECK_RC(cred_dir_check(path, &err), FG_E_IO);
	CHECK_STEP(err, "cred.dir.link");
	CHECK(unlink(path) == 0);
	CHECK_OK(file_replace(path, FG_LIT("x"), CRED_SAVE_CREATE, "t", NULL));
	CHECK_RC(cred_dir_check(path, NULL), FG_E_IO);
	rig_folder_gone(dir);
}

static void
a_folder_above_that_others_write_is_refused(void)
{
	char dir[64], path[96];
	struct fg_err err = { 0 };

	rig_folder(dir);
	(void)snprintf(path, sizeof(path), "%s/data", dir);
	CHECK(chmod(dir, 0777) == 0);
	CHECK_RC(cred_dir_check(path, &err), FG_E_IO);
	CHECK_STEP(err, "cred.dir.above");
	CHECK(chmod(dir, 01777) == 0); /* sticky, like /tmp: nobody else can swap it */
	CHECK_OK(cred_dir_check(path, NULL));
	CHECK(chmod(dir, 0700) == 0);
	rig_folder_gone(dir);
}

static void
what_is_there_already_is_not_overwritten(void)
{
	char dir[64], path[96];

	rig_folder(dir);
	(void)snprintf(path, sizeof(path), "%s/keyring", dir);
	CHECK_OK(cred_absent_check(path, "key ring", NULL));
	CHECK(symlink("/nonexistent", path) == 0);
	CHECK_RC(cred_absent_check(path, "key ring", NULL), FG_E_EXISTS);
	CHECK_RC(file_replace(path, FG_LIT("x"), CRED_SAVE_CREATE, "t", NULL), FG_E_EXISTS);
	rig_folder_gone(dir);
}

CU_TestInfo files_tests[] = {
	CASE(an_absent_folder_is_made),
	CASE(an_open_folder_is_refused),
	CASE(a_folder_that_others_write_is_not_served_from),
	CASE(links_and_files_are_no_folders),
	CASE(a_folder_above_that_others_write_is_refused),
	CASE(what_is_there_already_is_not_overwritten),
	CASES_END,
};
