"""The fonts that there are."""

from invoicing.fonts.catalogue import OWN, all_fonts


def test_every_file_of_the_folder_is_known_and_is_a_true_type_font():
    folder = OWN[0].file.parent

    assert {font.file.name for font in OWN} == {file.name for file in folder.iterdir() if file.name.endswith(".ttf")}
    assert {font.content()[:4] for font in OWN} == {b"\x00\x01\x00\x00"}


def test_no_two_fonts_share_family_and_weight():
    assert len({(font.family, font.weight) for font in OWN}) == len(OWN) == len(all_fonts())


def test_fonts_of_the_host_come_last(settings):
    settings.INVOICING_FONTS = ["/srv/fonts/Emoji.ttf", "/srv/fonts/Cherokee.ttf"]

    assert [font.family for font in all_fonts().values()][-2:] == ["Invoicing Added 1", "Invoicing Added 2"]
    assert str(all_fonts()["added-2"].file) == "/srv/fonts/Cherokee.ttf"


def test_the_licences_are_beside_the_files():
    folder = OWN[0].file.parent

    assert "SIL OPEN FONT LICENSE" in folder.joinpath("LICENSE-OFL.txt").read_text()
    assert "Apache License" in folder.joinpath("LICENSE-APACHE.txt").read_text()
