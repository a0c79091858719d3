# What is installed for `fedgate apply`.
personasdir = $(pkgdatadir)/personas
dist_personas_DATA = %D%/policies.yaml %D%/ml-account.yaml %D%/data-account.yaml
