#include "workspace/resolve_environments.h"

#include <gtest/gtest.h>

namespace batchmill::workspace {
namespace {

TEST(InstallCommand, NamesThePackageAsItsIndexSpellsIt) {
  EXPECT_EQ(install_command("/usr/bin/python3", "pandas"), "sudo apt install python3-pandas");
  EXPECT_EQ(install_command("/usr/bin/python3", "PIL"), "sudo apt install python3-pil");
  EXPECT_EQ(install_command("/usr/bin/python3", "Own_Module"),
            "sudo apt install python3-own-module");
  EXPECT_EQ(install_command("/opt/venv/bin/python", "sklearn"),
            "/opt/venv/bin/python -m pip install scikit-learn");
  EXPECT_EQ(install_command("/opt/venv/bin/python", "torch"),
            "/opt/venv/bin/python -m pip install torch");
}

}  // namespace
}  // namespace batchmill::workspace
