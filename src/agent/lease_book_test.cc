#include "agent/lease_book.h"

#include <map>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace batchmill::agent {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Optional;

HeldRange range(std::uint64_t first, std::uint32_t count, std::uint16_t attempt = 1,
                std::uint32_t epoch = 1) {
  return {MiniBatchId{first}, count, attempt, Epoch{epoch}};
}

TEST(LeaseBook, NumbersTicketsAcrossRanges) {
  LeaseBook book;
  book.hand_over(range(10, 2));
  book.hand_over(range(5, 1, 2, 3));
  EXPECT_EQ(book.last_ticket(), 3u);
  EXPECT_EQ(book.held(), 3u);
  EXPECT_EQ(book.find(2)->mini_batch, MiniBatchId{11});
  EXPECT_THAT(book.finish(3), Optional(HeldLease{MiniBatchId{5}, 2, Epoch{3}}));
  EXPECT_EQ(book.find(0), nullptr);
  EXPECT_EQ(book.find(4), nullptr);
}

TEST(LeaseBook, APartIsARangeOfItsOwn) {
  const auto part = [](std::uint64_t mini_batch, std::uint32_t first, std::uint32_t count) {
    return HeldRange{MiniBatchId{mini_batch}, 1, 1, Epoch{1}, {first, count}};
  };
  LeaseBook book;
  for (const HeldRange& leased :
       {range(3, 1), part(4, 0, 5), part(4, 5, 5), part(5, 0, 2), range(6, 1), range(7, 1)}) {
    book.hand_over(leased);
  }
  EXPECT_EQ(book.find(3)->part, (ItemRange{5, 5}));
  EXPECT_TRUE(book.find(1)->part.is_whole());
  EXPECT_THAT(book.ranges(),
              ElementsAre(range(3, 1), part(4, 0, 5), part(4, 5, 5), part(5, 0, 2), range(6, 2)));
  EXPECT_EQ(book.finish(2)->part, (ItemRange{0, 5}));
  EXPECT_THAT(book.give_back_above(1), ElementsAre(part(4, 5, 5), part(5, 0, 2), range(6, 2)));
}

TEST(LeaseBook, ATicketEndsOnce) {
  LeaseBook book;
  book.hand_over(range(0, 3));
  EXPECT_TRUE(book.finish(2));
  EXPECT_FALSE(book.finish(2));
  EXPECT_TRUE(book.finish(1));
  EXPECT_FALSE(book.finish(1)) << "also when it has been forgotten";
  EXPECT_EQ(book.held(), 1u);
}

TEST(LeaseBook, KeepsTheOldest) {
  LeaseBook book;
  book.hand_over(range(0, 5));
  book.finish(2);
  EXPECT_EQ(book.ticket_keeping(0), 0u);
  EXPECT_EQ(book.ticket_keeping(1), 2u);  // ticket 2 has ended, so it does not matter
  EXPECT_EQ(book.ticket_keeping(2), 3u);
  EXPECT_EQ(book.ticket_keeping(9), 5u);
}

TEST(LeaseBook, GivesBackInRangesAndForgetsThem) {
  LeaseBook book;
  book.hand_over(range(0, 4));
  book.hand_over(range(4, 2, 2));
  book.finish(3);
  EXPECT_THAT(book.give_back_above(1), ElementsAre(range(1, 1), range(3, 1), range(4, 2, 2)));
  EXPECT_THAT(book.ranges(), ElementsAre(range(0, 1)));
  EXPECT_FALSE(book.finish(2)) << "its result no longer counts";
  EXPECT_THAT(book.give_back_above(1), IsEmpty());
}

TEST(LeaseBook, AgreesWithAPlainMap) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    std::mt19937 random(seed);
    const auto below = [&random](std::uint64_t limit) { return random() % limit; };
    LeaseBook book;
    std::map<std::uint64_t, std::uint64_t> held;  // ticket -> mini-batch
    std::uint64_t last = 0;
    for (int step = 0; step < 100; ++step) {
      const std::uint64_t ticket = below(last + 2);
      switch (below(4)) {
        case 0: {
          const std::uint64_t first = below(1000);
          const auto count = static_cast<std::uint32_t>(1 + below(5));
          book.hand_over(range(first, count));
          for (std::uint32_t i = 0; i < count; ++i) held[++last] = first + i;
          break;
        }
        case 1: {
          const auto finished = book.finish(ticket);
          ASSERT_EQ(finished.has_value(), held.contains(ticket));
          if (finished) {
            ASSERT_EQ(finished->mini_batch.value, held[ticket]);
          }
          held.erase(ticket);
          break;
        }
        case 2: {
          const auto keep = static_cast<std::uint32_t>(below(6));
          const std::uint64_t limit = book.ticket_keeping(keep);
          const auto up_to = std::distance(held.begin(), held.upper_bound(limit));
          ASSERT_EQ(static_cast<std::size_t>(up_to), std::min<std::size_t>(keep, held.size()));
          break;
        }
        default: {
          std::uint64_t count = 0;
          for (const auto& back : book.give_back_above(ticket)) count += back.count;
          ASSERT_EQ(count, static_cast<std::uint64_t>(
                               std::distance(held.upper_bound(ticket), held.end())));
          held.erase(held.upper_bound(ticket), held.end());
        }
      }
      ASSERT_EQ(book.held(), held.size());
      ASSERT_EQ(book.last_ticket(), last);
    }
  }
}

}  // namespace
}  // namespace batchmill::agent
