"""What the sign-in middleware guarantees about a request that got through."""

from accounts.models import User
from helsefellesskap.http import Request


class SignedInRequest(Request):
    """A request to a view that is not open: somebody is signed in."""

    user: User
