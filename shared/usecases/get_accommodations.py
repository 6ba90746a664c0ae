"""Read what a student is accommodated with, and why; for admins."""

from shared.domain.accommodations import AccommodationsVersion, ensure_in_force
from shared.domain.user import UserId
from shared.ports.store import Store


def get_accommodations(student_id: UserId, *, store: Store) -> AccommodationsVersion:
    """Return the version in force.

    Raises:
        NotFoundError: there is no such user, or the student has no accommodations.
        NotAStudentError: the user can have none.
    """
    with store.begin() as repositories:
        user = repositories.users.get(student_id)
        newest = repositories.accommodations.newest(student_id)
    return ensure_in_force(newest, user)
