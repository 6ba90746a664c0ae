class FakeMigrator:
    def upgrade(self) -> str:
        return "0001"
