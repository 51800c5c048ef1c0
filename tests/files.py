"""Sample files for tests of uploads: good ones of every kind, and all the bad ones. Each is given as bytes."""

import io
import zipfile
import zlib

import pikepdf
from django.core.files.uploadedfile import TemporaryUploadedFile
from PIL import Image

EICAR = (
    rb"X5O!P%@AP[4\PZX54(P^)7CC)7}" + b"$EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"
)  # in pieces, for scanners
NATIONAL_ID = "01819000049"  # with month + 80, as the numbers made for tests
LONG_NAME = "../../etc/" + "æøå" * 100 + ".pdf"


def upload(content: bytes, name: str = "notat.pdf", content_type: str = "application/octet-stream"):
    """The content as it arrives in a request: a file on disk."""
    file = TemporaryUploadedFile(name, content_type, len(content), None)
    file.write(content)
    file.seek(0)
    return file


# PDF


def pdf(
    *texts: str, is_tagged: bool = True, title: str = "Notat", language: str = "nb-NO", change=None, **saving
) -> bytes:
    """A PDF with a page for each text. `change(document)` may spoil it; `saving` goes to pikepdf's save()."""
    document = pikepdf.new()
    for text in texts or ("Samarbeid om helsetjenester",):
        document.add_blank_page(page_size=(595, 842))
        page = document.pages[-1]
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font,
            Subtype=pikepdf.Name.Type1,
            BaseFont=pikepdf.Name.Helvetica,
            Encoding=pikepdf.Name.WinAnsiEncoding,
        )
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=document.make_indirect(font)))
        lines = b" T* ".join(b"(" + _escaped(line) + b") Tj" for line in text.split("\n"))
        page.Contents = document.make_stream(
            b"BT /F1 14 Tf 18 TL 72 760 Td " + lines + b" ET" if text else b""
        )
    if is_tagged:
        document.Root.MarkInfo = pikepdf.Dictionary(Marked=True)
        document.Root.StructTreeRoot = document.make_indirect(
            pikepdf.Dictionary(Type=pikepdf.Name.StructTreeRoot)
        )
    if language:
        document.Root.Lang = pikepdf.String(language)
    if title:
        document.docinfo["/Title"] = title
    if change:
        change(document)
    file = io.BytesIO()
    document.save(file, **saving)
    return file.getvalue()


def _escaped(text: str) -> bytes:
    return text.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


def protected_pdf(*, user: str = "", owner: str = "eier") -> bytes:
    """With a user password nobody can open it; with an owner's alone everybody can."""
    return pdf(encryption=pikepdf.Encryption(user=user, owner=owner))


def damaged_pdf() -> bytes:
    """Cut before its table of contents, which a good reader finds again."""
    whole = pdf("Det meste er her")
    return whole[: whole.rindex(b"xref")]


def broken_pdf() -> bytes:
    """Nothing in it can be found."""
    return b"%PDF-1.7\n" + b"1 0 obj << /Type " * 40


def scanned_pdf(*, pages: int = 1, text_pages: int = 0) -> bytes:
    """Pages that are images, after pages with text."""

    def scan(document: pikepdf.Pdf) -> None:
        for page in document.pages[text_pages:]:
            image = document.make_stream(bytes(8 * 8))
            image.stream_dict = pikepdf.Dictionary(
                Type=pikepdf.Name.XObject,
                Subtype=pikepdf.Name.Image,
                Width=8,
                Height=8,
                ColorSpace=pikepdf.Name.DeviceGray,
                BitsPerComponent=8,
            )
            page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im1=image))
            page.Contents = document.make_stream(b"595 0 0 842 0 0 cm /Im1 Do")

    return pdf(*["Tekst"] * text_pages, *[""] * pages, change=scan)


def _action(kind: str, **more) -> pikepdf.Dictionary:
    return pikepdf.Dictionary(Type=pikepdf.Name.Action, S=pikepdf.Name("/" + kind), **more)


def _on_opening(action: pikepdf.Dictionary):
    def change(document: pikepdf.Pdf) -> None:
        document.Root.OpenAction = action

    return change


def _on_link(document: pikepdf.Pdf) -> None:
    annotation = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot,
        Subtype=pikepdf.Name.Link,
        Rect=[0, 0, 100, 100],
        A=_action("URI", URI="https://example.no/", Next=[_action("JavaScript", JS="app.alert(1)")]),
    )
    document.pages[0].Annots = document.make_indirect(pikepdf.Array([annotation]))


def _by_name(document: pikepdf.Pdf) -> None:
    scripts = pikepdf.Dictionary(Names=["a", _action("JavaScript", JS=document.make_stream(b"app.alert(1)"))])
    document.Root.Names = pikepdf.Dictionary(JavaScript=scripts)


def _xfa(document: pikepdf.Pdf) -> None:
    document.Root.AcroForm = pikepdf.Dictionary(Fields=[], XFA=document.make_stream(b"<xdp/>"))


def pdf_with_javascript() -> bytes:
    return pdf(change=_on_opening(_action("JavaScript", JS="app.alert(1)")))


def active_pdfs() -> dict[str, bytes]:
    """PDFs that would do something: by the place it hangs in."""
    return {
        "opening": pdf_with_javascript(),
        "packed": pdf(
            change=_on_opening(_action("JavaScript", JS="app.alert(1)")),
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
        ),
        "link": pdf(change=_on_link),
        "names": pdf(change=_by_name),
        "launch": pdf(change=_on_opening(_action("Launch", F="cmd.exe"))),
        "form": pdf(change=_xfa),
        "program": pdf_with_attachment("regn.exe", b"MZ"),
    }


def pdf_with_attachment(name: str = "tall.csv", content: bytes = b"a;b") -> bytes:
    def attach(document: pikepdf.Pdf) -> None:
        document.attachments[name] = pikepdf.AttachedFileSpec(document, content, filename=name)

    return pdf(change=attach)


def pdf_with_field(value: str) -> bytes:
    """A filled-in form: the value is not part of the page's text."""

    def fill(document: pikepdf.Pdf) -> None:
        field = document.make_indirect(pikepdf.Dictionary(FT=pikepdf.Name.Tx, T="felt", V=value))
        document.Root.AcroForm = pikepdf.Dictionary(Fields=[field])

    return pdf(change=fill)


def filled_form(value: str) -> bytes:
    """A page with a text field that shows its value."""

    def fill(document: pikepdf.Pdf) -> None:
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
        )
        field = document.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Annot,
                Subtype=pikepdf.Name.Widget,
                FT=pikepdf.Name.Tx,
                T="felt",
                V=value,
                DA="/F1 30 Tf 0 g",
                F=4,
                Rect=[72, 400, 500, 450],
            )
        )
        document.Root.AcroForm = pikepdf.Dictionary(
            Fields=[field], DR=pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=document.make_indirect(font)))
        )
        document.pages[0].Annots = document.make_indirect(pikepdf.Array([field]))

    return pdf("", change=fill)


# Office


def package(parts: dict[str, str | bytes], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


WORD = "wordprocessingml.document.main+xml"
EXCEL = "spreadsheetml.sheet.main+xml"
POWERPOINT = "presentationml.presentation.main+xml"
XML = '<?xml version="1.0" encoding="UTF-8"?>'
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
X = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'


def content_types(main: str) -> str:
    kind = f"application/vnd.openxmlformats-officedocument.{main}"
    return f'{XML}<Types><Override PartName="/main.xml" ContentType="{kind}"/></Types>'


def docx(*paragraphs: str, extra: dict[str, str | bytes] | None = None, body: str = "") -> bytes:
    text = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in paragraphs or ("Samarbeid",))
    return package(
        {
            "[Content_Types].xml": content_types(WORD),
            "word/document.xml": f"{XML}<w:document {W}><w:body>{text}{body}</w:body></w:document>",
            **(extra or {}),
        }
    )


def docm() -> bytes:
    return docx(extra={"word/vbaProject.bin": b"\xd0\xcf\x11\xe0"})


def xlsx(*cells: str | int, extra: dict[str, str | bytes] | None = None) -> bytes:
    shared = [cell for cell in cells if isinstance(cell, str)]
    row = "".join(
        f'<c t="s"><v>{shared.index(cell)}</v></c>' if isinstance(cell, str) else f"<c><v>{cell}</v></c>"
        for cell in cells
    )
    return package(
        {
            "[Content_Types].xml": content_types(EXCEL),
            "xl/workbook.xml": f'{XML}<workbook {X}><sheets><sheet name="Ark1"/></sheets></workbook>',
            "xl/sharedStrings.xml": f"{XML}<sst {X}>"
            + "".join(f"<si><t>{text}</t></si>" for text in shared)
            + "</sst>",
            "xl/worksheets/sheet1.xml": f"{XML}<worksheet {X}><sheetData><row>{row}</row></sheetData></worksheet>",
            **(extra or {}),
        }
    )


def pptx(*slides: str) -> bytes:
    return package(
        {
            "[Content_Types].xml": content_types(POWERPOINT),
            "ppt/presentation.xml": f"{XML}<presentation/>",
            **{
                f"ppt/slides/slide{number}.xml": f"{XML}<sld {A}><a:p><a:r><a:t>{text}</a:t></a:r></a:p></sld>"
                for number, text in enumerate(slides or ("Samarbeid",), start=1)
            },
        }
    )


def odt(*paragraphs: str, manifest: str = "", extra: dict[str, str | bytes] | None = None) -> bytes:
    namespaces = (
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    )
    text = "".join(f"<text:p>{text}</text:p>" for text in paragraphs or ("Samarbeid",))
    return package(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": f"{XML}<office:document-content {namespaces}>{text}</office:document-content>",
            "META-INF/manifest.xml": f"{XML}<manifest>{manifest}</manifest>",
            **(extra or {}),
        }
    )


def entity_bomb() -> bytes:
    """A document that would be a billion laughs."""
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    return docx(extra={"word/header1.xml": f'{XML}<!DOCTYPE d [<!ENTITY e0 "ha">{entities}]><d>&e9;</d>'})


def zip_bomb(*, megabytes: int = 300) -> bytes:
    """A document with one part of zeros."""
    return docx(extra={"word/media/image1.bmp": bytes(megabytes * 1_000_000)})


def lying_zip_bomb() -> bytes:
    """The same, but every header says that the part is small."""
    content = bytearray(zip_bomb(megabytes=60))
    size = (60_000_000).to_bytes(4, "little")
    while (place := content.find(size)) >= 0:
        content[place : place + 4] = (1000).to_bytes(4, "little")
    return bytes(content)


def crowded_zip(*, parts: int = 10_001) -> bytes:
    return docx(extra={f"word/media/{number}.txt": b"" for number in range(parts)})


def nested_zip(*, depth: int = 5) -> bytes:
    """A package in a package in a package …"""
    inner = package({"zeros.bin": bytes(100)})
    for _ in range(depth):
        inner = package({"inner.zip": inner}, compression=zipfile.ZIP_STORED)
    return docx(extra={"word/embeddings/inner.zip": inner})


def ole(*, is_encrypted: bool = False) -> bytes:
    """What Word saved before 2007, or saves with a password."""
    streams = "EncryptedPackage" if is_encrypted else "WordDocument"
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000) + streams.encode("utf-16-le") + bytes(1000)


# Images


def png(*, width: int = 40, height: int = 30) -> bytes:
    file = io.BytesIO()
    Image.new("L", (width, height), 200).save(file, "PNG")
    return file.getvalue()


def jpg(*, width: int = 40, height: int = 30, has_place: bool = False) -> bytes:
    file = io.BytesIO()
    image = Image.new("RGB", (width, height), (10, 90, 160))
    exif = Image.Exif()
    if has_place:
        exif.get_ifd(0x8825)[1] = "N"
    image.save(file, "JPEG", exif=exif)
    return file.getvalue()


def wide_png() -> bytes:
    """So many pixels that an unprotected program would ask for gigabytes; the file is small."""
    content = bytearray(png())
    content[16:24] = (60_000).to_bytes(4, "big") * 2
    content[29:33] = zlib.crc32(content[12:29]).to_bytes(4, "big")
    return bytes(content)


GOOD = {"pdf": pdf, "docx": docx, "xlsx": xlsx, "pptx": pptx, "odt": odt, "png": png, "jpg": jpg}
