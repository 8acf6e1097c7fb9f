"""manage.py links: list the numerals and linked sentences of each sheet of a publication."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from search.management.services import ServiceCommand
from search.selectors.publications import publication_by_reference, publication_links


class Command(ServiceCommand):
    help = "List the numerals read on each sheet of a publication, and the sentences linked to its figures."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("publication", help="its number with country and kind: US20250204297A1")

    def run(self, **options: Any) -> dict[str, Any]:
        publication = publication_by_reference(options["publication"])
        if publication is None:
            raise CommandError(
                f"Publication {options['publication']} is not in the collection. Write it like EP1234567A1."
            )
        result = publication_links(publication)
        if not options["json"]:
            for sheet in result["sheets"]:
                numerals = " ".join(numeral["text"] for numeral in sheet["numerals"])
                self.stdout.write(f"{sheet['file']} ({sheet['rotation']}°): {numerals}")
                for sentence in sheet["sentences"]:
                    self.stdout.write(f"    [{', '.join(sentence['numerals'])}] {sentence['text'][:140]}")
            self.stdout.write(f"in the text only: {' '.join(result['unlinked_in_text'])}")
            self.stdout.write(f"on a sheet only: {' '.join(result['unlinked_on_sheet'])}")
        return result
