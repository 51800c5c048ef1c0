"""How money is drawn on paper, where there is no SVG with classes."""

from django import template

from portfolio.documents import Segment

register = template.Library()

COLOURS = {
    "oppstart": "#8fbfe0",
    "innsikt": "#eeb04f",
    "losning": "#1f5ba8",
    "drift": "#4f9d69",
    "range": "#bfb4df",
}
OTHER = "#c3c9d0"


@register.simple_tag
def bar(segments: list[Segment]) -> str:
    """A bar of coloured pieces as the background of a cell; the colours are those of print.css."""
    stops = []
    end = 0.0
    for segment in segments:
        colour = COLOURS.get(segment.bucket.kind, OTHER)
        end = segment.start + segment.width
        stops += [f"{colour} {segment.start:g}%", f"{colour} {end:g}%"]
    return f"background-image: linear-gradient(to right, {', '.join(stops)}, transparent {end:g}%)"
