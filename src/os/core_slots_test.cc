#include "os/core_slots.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace batchmill {
namespace {

namespace fs = std::filesystem;

class CoreSlotsTest : public testing::Test {
 protected:
  CoreSlotsTest() {
    std::string name = (fs::temp_directory_path() / "batchmill-cores-XXXXXX").string();
    folder_ = mkdtemp(name.data());
  }
  ~CoreSlotsTest() override { fs::remove_all(folder_); }
  FileCoreSlots slots(std::uint32_t cores) {
    return *FileCoreSlots::open((folder_ / "user/cores").string(), cores);
  }

  fs::path folder_;
};

TEST_F(CoreSlotsTest, HandsOutAsManyAsThereAreCores) {
  FileCoreSlots first = slots(3);
  FileCoreSlots second = slots(3);
  std::vector<std::unique_ptr<CoreSlot>> held;
  held.push_back(first.try_acquire());
  held.push_back(second.try_acquire());
  held.push_back(first.try_acquire());
  for (const auto& slot : held) EXPECT_NE(slot, nullptr);
  EXPECT_EQ(first.try_acquire(), nullptr);
  EXPECT_EQ(second.try_acquire(), nullptr);
  held.erase(held.begin());
  EXPECT_NE(second.try_acquire(), nullptr);
}

TEST_F(CoreSlotsTest, ADeadHolderFreesItsSlot) {
  FileCoreSlots mine = slots(1);
  int ready[2];
  ASSERT_EQ(pipe(ready), 0);
  const pid_t holder = fork();
  if (holder == 0) {
    const auto slot = mine.try_acquire();
    if (write(ready[1], slot ? "y" : "n", 1) != 1) _exit(1);
    while (true) pause();
  }
  char answer = 0;
  ASSERT_EQ(read(ready[0], &answer, 1), 1);
  EXPECT_EQ(answer, 'y');
  EXPECT_EQ(mine.try_acquire(), nullptr);
  kill(holder, SIGKILL);
  waitpid(holder, nullptr, 0);
  EXPECT_NE(mine.try_acquire(), nullptr);
  close(ready[0]);
  close(ready[1]);
}

TEST_F(CoreSlotsTest, RefusesWhatIsNoFolder) {
  std::ofstream(folder_ / "file") << "x";
  const auto opened = FileCoreSlots::open((folder_ / "file/cores").string(), 1);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().kind, ErrorKind::kPermission);
}

}  // namespace
}  // namespace batchmill
