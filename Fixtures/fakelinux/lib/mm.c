int mm(void) { return 1; }
