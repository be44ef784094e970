int crc4(void) { return 1; }
