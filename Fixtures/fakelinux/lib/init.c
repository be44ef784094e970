int init(void) { return 1; }
