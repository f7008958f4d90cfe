"""The reader of WeCom's XML: what it takes, and what it will not touch."""

import pytest

from scrm.wecom import xml
from scrm.wecom.xml import XmlRefused


def test_fields_lists_and_children() -> None:
    document = (
        "<xml><Event><![CDATA[变更]]></Event><CreateTime> 17 </CreateTime><Empty/>"
        "<Item><Id>1</Id></Item><Item><Id>2</Id></Item><Item>3</Item></xml>"
    )
    fields = xml.parse(document.encode())
    assert fields == {"Event": "变更", "CreateTime": "17", "Empty": "", "Item": [{"Id": "1"}, {"Id": "2"}, "3"]}
    assert xml.text_of(fields, "Item") == ""
    assert xml.text_of(fields, "Absent") == ""


BOMB = '<!DOCTYPE xml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]><xml><Encrypt>&b;</Encrypt></xml>'


@pytest.mark.parametrize(
    "document",
    [
        BOMB,
        '<!DOCTYPE xml SYSTEM "file:///etc/passwd"><xml/>',
        "<xml>" + "<a>" * 9 + "</a>" * 9 + "</xml>",
        "<a>" * 200_000,
        "<xml>" + "<a/>" * 5_001 + "</xml>",
        "",
        "plain text",
        "<xml>",
        "<xml></xml><xml></xml>",
        "<xml>&unknown;</xml>",
        "<xml>\x00</xml>",
        '<?xml version="1.0" encoding="no-such-encoding"?><xml/>',
    ],
    ids=lambda document: document[:24],
)
def test_what_wecom_would_not_send_is_refused(document: str) -> None:
    with pytest.raises(XmlRefused):
        xml.parse(document.encode())
