/// Identifiers of the SPDX license list (https://spdx.org/licenses) and its exceptions.
enum Licenses {
    static let names = Set(text.split { $0 == " " || $0 == "\n" }.map(String.init))

    private static let text = """
        0BSD AAL ADSL AFL-1.1 AFL-1.2 AFL-2.0 AFL-2.1 AFL-3.0 AGPL-1.0-only AGPL-1.0-or-later AGPL-3.0 AGPL-3.0-only
        AGPL-3.0-or-later AMDPLPA AML ANTLR-PD APAFML APL-1.0 APSL-1.0 APSL-1.1 APSL-1.2 APSL-2.0 Afmparse Aladdin
        Apache-1.0 Apache-1.1 Apache-2.0 Artistic-1.0 Artistic-1.0-Perl Artistic-1.0-cl8 Artistic-2.0 BSD-1-Clause
        BSD-2-Clause BSD-2-Clause-Patent BSD-2-Clause-Views BSD-3-Clause BSD-3-Clause-Attribution BSD-3-Clause-Clear
        BSD-3-Clause-LBNL BSD-3-Clause-No-Nuclear-License BSD-4-Clause BSD-4-Clause-UC BSD-Protection BSD-Source-Code
        BSL-1.0 BUSL-1.1 Beerware BitTorrent-1.1 BlueOak-1.0.0 Bison-exception-2.2 CAL-1.0 CATOSL-1.1 CC-BY-1.0 CC-BY-2.0
        CC-BY-2.5 CC-BY-3.0 CC-BY-4.0 CC-BY-NC-4.0 CC-BY-NC-ND-4.0 CC-BY-NC-SA-4.0 CC-BY-ND-4.0 CC-BY-SA-3.0 CC-BY-SA-4.0
        CC0-1.0 CDDL-1.0 CDDL-1.1 CDLA-Permissive-1.0 CDLA-Permissive-2.0 CDLA-Sharing-1.0 CECILL-1.0 CECILL-2.0
        CECILL-2.1 CECILL-B CECILL-C CERN-OHL-P-2.0 CERN-OHL-S-2.0 CERN-OHL-W-2.0 CNRI-Python CPAL-1.0 CPL-1.0
        CUA-OPL-1.0 Classpath-exception-2.0 ClArtistic Condor-1.1 Crossword DOC DSDP ECL-1.0 ECL-2.0 EFL-1.0 EFL-2.0
        EPL-1.0 EPL-2.0 EUDatagrid EUPL-1.0 EUPL-1.1 EUPL-1.2 Entessa ErlPL-1.1 Eurosym FSFAP FSFUL FSFULLR FTL Fair
        Frameworx-1.0 FreeImage GCC-exception-2.0 GCC-exception-3.1 GFDL-1.1 GFDL-1.2 GFDL-1.3 GFDL-1.3-only
        GFDL-1.3-or-later GL2PS GPL-1.0 GPL-1.0+ GPL-1.0-only GPL-1.0-or-later GPL-2.0 GPL-2.0+ GPL-2.0-only
        GPL-2.0-or-later GPL-3.0 GPL-3.0+ GPL-3.0-only GPL-3.0-or-later HPND IBM-pibs ICU IJG IPA IPL-1.0 ISC ImageMagick
        Imlib2 Info-ZIP Intel Interbase-1.0 JSON JasPer-2.0 LAL-1.2 LAL-1.3 LGPL-2.0 LGPL-2.0-only LGPL-2.0-or-later
        LGPL-2.1 LGPL-2.1+ LGPL-2.1-only LGPL-2.1-or-later LGPL-3.0 LGPL-3.0+ LGPL-3.0-only LGPL-3.0-or-later LLVM-exception
        LPL-1.0 LPL-1.02 LPPL-1.0 LPPL-1.1 LPPL-1.2 LPPL-1.3a LPPL-1.3c Leptonica LiLiQ-P-1.1 LiLiQ-R-1.1 Libpng
        Linux-syscall-note MIT MIT-0 MIT-CMU MIT-Modern-Variant MIT-advertising MIT-enna MIT-feh MITNFA MPL-1.0 MPL-1.1
        MPL-2.0 MPL-2.0-no-copyleft-exception MS-PL MS-RL MirOS Motosoto MulanPSL-1.0 MulanPSL-2.0 Multics NASA-1.3 NCSA
        NGPL NOSL NPL-1.0 NPL-1.1 NPOSL-3.0 NTP Naumen Net-SNMP NetCDF Nokia ODC-By-1.0 ODbL-1.0 OFL-1.0 OFL-1.1 OGL-UK-3.0
        OLDAP-2.8 OSET-PL-2.1 OSL-1.0 OSL-1.1 OSL-2.0 OSL-2.1 OSL-3.0 OpenSSL PDDL-1.0 PHP-3.0 PHP-3.01 PSF-2.0 Parity-7.0.0
        PolyForm-Noncommercial-1.0.0 PolyForm-Small-Business-1.0.0 PostgreSQL Python-2.0 QPL-1.0 RPL-1.1 RPL-1.5 RPSL-1.0
        RSCPL Ruby SGI-B-2.0 SISSL SMLNJ SPL-1.0 SSPL-1.0 Sleepycat SimPL-2.0 Spencer-86 TCL Unicode-DFS-2015
        Unicode-DFS-2016 Unlicense UPL-1.0 VSL-1.0 Vim W3C W3C-19980720 WTFPL Watcom-1.0 X11 XFree86-1.1 Xnet ZPL-1.1
        ZPL-2.0 ZPL-2.1 Zend-2.0 Zimbra-1.3 Zlib curl libpng-2.0 libtiff xinetd zlib-acknowledgement
        """
}
