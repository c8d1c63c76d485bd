//! Files of other licensing systems, each as short as it can be recognized. All values are made up.

use serde_json::json;

use crate::vector::{Kit, Vector};

pub(crate) fn add(kit: &mut Kit) {
    let samples = [
        (
            "keygen-license.lic",
            "foreign.keygen",
            "-----BEGIN LICENSE FILE-----\neyJlbmMiOiJleGFtcGxlIn0=\n-----END LICENSE FILE-----\n",
        ),
        (
            "keygen-machine.lic",
            "foreign.keygen",
            "-----BEGIN MACHINE FILE-----\neyJlbmMiOiJleGFtcGxlIn0=\n-----END MACHINE FILE-----\n",
        ),
        ("keygen-key.txt", "foreign.keygen", "key/eyJhY2NvdW50IjoiZXhhbXBsZSJ9.c2lnbmF0dXJl\n"),
        (
            "flexnet.lic",
            "foreign.flexnet",
            "SERVER host1 0019d1e5a3b7 27000\nVENDOR acmed\nINCREMENT cad acmed 2026.1 31-dec-2026 5 SIGN=\"00AA 11BB\"\n",
        ),
        (
            "flexnet-feature.lic",
            "foreign.flexnet",
            "FEATURE cad acmed 2026.1 permanent uncounted HOSTID=0019d1e5a3b7 SIGN=00AA11BB\n",
        ),
        (
            "sentinel.c2v",
            "foreign.sentinel",
            "<?xml version=\"1.0\" encoding=\"UTF-8\" ?>\n<hasp_info>\n  <host_fingerprint type=\"SL-AdminMode\">MXhJSWZq</host_fingerprint>\n</hasp_info>\n",
        ),
        (
            "sentinel.v2c",
            "foreign.sentinel",
            "<?xml version=\"1.0\" encoding=\"UTF-8\" ?>\n<sentinel_ldk_info><v2c><license_manager/></v2c></sentinel_ldk_info>\n",
        ),
        (
            "codemeter.WibuCmRaC",
            "foreign.codemeter",
            "[Header]\nProducer=CodeMeter\nFile=WibuCmRaC\nFirmCode=6000010\n",
        ),
        (
            "lmx.xml",
            "foreign.lmx",
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<LICENSEFILE>\n  <FEATURE NAME=\"cad\">\n    <SETTING MAJOR_VERSION=\"1\" />\n  </FEATURE>\n</LICENSEFILE>\n",
        ),
        (
            "rlm.lic",
            "foreign.rlm",
            "HOST localhost ANY 5053\nISV acme\nLICENSE acme cad 1.0 permanent 1 sig=\"60P0450\"\n",
        ),
        (
            "licensespring.req",
            "foreign.licensespring",
            "{\"hardware_id\":\"0123\",\"product\":\"CAD\",\"request\":\"activation\"}\n",
        ),
        (
            "certificate.pem",
            "foreign.pem",
            "-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIU\n-----END CERTIFICATE-----\n",
        ),
        (
            "key.pem",
            "foreign.pem",
            "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA\n-----END PUBLIC KEY-----\n",
        ),
        (
            "message.asc",
            "foreign.pem",
            "-----BEGIN PGP MESSAGE-----\n\nhF4DZWFu\n-----END PGP MESSAGE-----\n",
        ),
    ];
    for (name, code, text) in samples {
        let vector = Vector::new(&format!("foreign/{name}"), text, "Another system's file (D-16).");
        kit.add(vector.refused(code).with("ids", json!(["D-16"])));
    }
}
