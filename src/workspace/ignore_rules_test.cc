#include "workspace/ignore_rules.h"

namespace batchmill::workspace {
namespace {

struct IgnoreCase {
  const char* rules;
  const char* path;
  bool ignored;
};

class IgnoreRulesTest : public testing::TestWithParam<IgnoreCase> {};

TEST_P(IgnoreRulesTest, DecidesByTheLastPatternThatFits) {
  EXPECT_EQ(IgnoreRules(GetParam().rules).ignores(GetParam().path), GetParam().ignored)
      << "rules:\n"
      << GetParam().rules << "\npath: " << GetParam().path;
}

INSTANTIATE_TEST_SUITE_P(
    Table, IgnoreRulesTest,
    testing::Values(IgnoreCase{"", "a.py", false}, IgnoreCase{"# a.py\n\n", "a.py", false},
                    IgnoreCase{"*.log", "x.log", true}, IgnoreCase{"*.log", "deep/er/x.log", true},
                    IgnoreCase{"*.log", "x.log.txt", false}, IgnoreCase{"/x.log", "x.log", true},
                    IgnoreCase{"/x.log", "sub/x.log", false}, IgnoreCase{"a/b", "a/b", true},
                    IgnoreCase{"a/b", "c/a/b", false}, IgnoreCase{"a/*.py", "a/x.py", true},
                    IgnoreCase{"a/*.py", "a/b/x.py", false}, IgnoreCase{"a/**/x", "a/x", true},
                    IgnoreCase{"a/**/x", "a/b/c/x", true}, IgnoreCase{"**/x", "x", true},
                    IgnoreCase{"**/x", "a/b/x", true}, IgnoreCase{"a/**", "a/b/c", true},
                    IgnoreCase{"build/", "build/x.o", true},
                    IgnoreCase{"build/", "src/build/x.o", true},
                    IgnoreCase{"build/", "build", false}, IgnoreCase{"build", "build", true},
                    IgnoreCase{"build", "build/deep/x", true},
                    IgnoreCase{"*.log\n!keep.log", "keep.log", false},
                    IgnoreCase{"*.log\n!keep.log", "a/keep.log", false},
                    IgnoreCase{"!keep.log\n*.log", "keep.log", true},
                    IgnoreCase{"data/\n!data/keep.csv", "data/keep.csv", false},
                    IgnoreCase{"data/\n!data/keep.csv", "data/other.csv", true},
                    IgnoreCase{"x?.py", "x1.py", true}, IgnoreCase{"x?.py", "x/.py", false},
                    IgnoreCase{"[a-c].py", "b.py", true}, IgnoreCase{"[!a-c].py", "b.py", false},
                    IgnoreCase{"[a-c.py", "b.py", false}, IgnoreCase{"\\#x", "#x", true},
                    IgnoreCase{"\\!x", "!x", true}, IgnoreCase{"x  ", "x", true},
                    IgnoreCase{"a\\*b", "a*b", true}, IgnoreCase{"a\\*b", "axb", false},
                    IgnoreCase{"*.pyc\r\n", "x.pyc", true}));

TEST(IgnoreRules, PrunesAFolderUnlessSomethingBelowMayBeTakenBack) {
  EXPECT_TRUE(IgnoreRules("data/\n*.log").prunes("data"));
  EXPECT_TRUE(IgnoreRules("!x\ndata/").prunes("data"));
  EXPECT_FALSE(IgnoreRules("data/\n!data/keep.csv").prunes("data"));
  EXPECT_FALSE(IgnoreRules("*.csv").prunes("data"));
}

}  // namespace
}  // namespace batchmill::workspace
