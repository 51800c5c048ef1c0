"""The claim that a PDF/A file is PDF/UA-1 too."""

from typing import Any

from helsefellesskap.pdf_tags.elements import TagError

PDF_UA_CLAIM = b"""\
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">\
<pdfuaid:part>1</pdfuaid:part></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" \
xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289 that the file conforms to</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
"""
END_OF_METADATA = b"</rdf:RDF>"


def claim_pdf_ua(_document: object, pdf: Any) -> None:
    """A finisher for WeasyPrint: a PDF/A file says that it is PDF/UA-1 too.

    WeasyPrint writes one claim or the other, never both. PDF/A wants every property of the metadata described, hence
    the schema. The metadata is left uncompressed, as archives like to read it.
    """
    metadata = pdf.objects[int(pdf.catalog["Metadata"].split()[0])]
    text = b"\n".join(metadata.stream)
    if text.count(END_OF_METADATA) != 1:
        raise TagError("Dokumentets metadata har en ukjent form.")
    metadata.stream = [text.replace(END_OF_METADATA, PDF_UA_CLAIM + END_OF_METADATA)]
    metadata.compress = False
